using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmFlow.Host.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "attachment",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    content_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    sha256 = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    stored_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    owner = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    uploaded_by = table.Column<Guid>(type: "uuid", nullable: false),
                    uploaded_by_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    uploaded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attachment", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    operation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    operation = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    actor_kind = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    on_behalf_of = table.Column<Guid>(type: "uuid", nullable: true),
                    subject = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    before = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    after = table.Column<string>(type: "text", maxLength: -1, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "bookmark",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    activity_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    node_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    bookmark_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    correlation_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bookmark", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "calendar_day",
                columns: table => new
                {
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    is_working = table.Column<bool>(type: "boolean", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_calendar_day", x => x.date);
                });

            migrationBuilder.CreateTable(
                name: "department",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    parent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    head_id = table.Column<Guid>(type: "uuid", nullable: true),
                    position = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_department", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "due",
                columns: table => new
                {
                    kind = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    due_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    payload = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    claim_id = table.Column<Guid>(type: "uuid", nullable: true),
                    error = table.Column<string>(type: "text", maxLength: -1, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_due", x => new { x.kind, x.due_key });
                });

            migrationBuilder.CreateTable(
                name: "inbox_entry",
                columns: table => new
                {
                    principal = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    box = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    sort = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    title_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    reference = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    subject_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    previous_step = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    previous_step_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    previous_by = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    outcome = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    outcome_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox_entry", x => new { x.principal, x.box, x.sort });
                });

            migrationBuilder.CreateTable(
                name: "incident",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    activity_instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    node_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    activity_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    message = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    detail = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_incident", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "invitation",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    token_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invitation", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "journal",
                columns: table => new
                {
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<int>(type: "integer", nullable: false),
                    activity_instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    node_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    activity_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    activity_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    @event = table.Column<string>(name: "event", type: "character varying(400)", maxLength: 400, nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    outcomes = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    data = table.Column<string>(type: "text", maxLength: -1, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_journal", x => new { x.instance_id, x.seq });
                });

            migrationBuilder.CreateTable(
                name: "known_right",
                columns: table => new
                {
                    right = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_known_right", x => x.right);
                });

            migrationBuilder.CreateTable(
                name: "number_counter",
                columns: table => new
                {
                    series = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    year = table.Column<int>(type: "integer", nullable: false),
                    last = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_number_counter", x => new { x.series, x.year });
                });

            migrationBuilder.CreateTable(
                name: "operation",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    payload_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    answer = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_operation", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    idempotency_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    kind = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    payload = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    claim_id = table.Column<Guid>(type: "uuid", nullable: true),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error = table.Column<string>(type: "text", maxLength: -1, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.idempotency_key);
                });

            migrationBuilder.CreateTable(
                name: "party",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    address = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    contact_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    email = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_party", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "product",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_product", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "role",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    is_shipped = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_role", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "setting_value",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    effective_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    value = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_setting_value", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "setup",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    token_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    demo_loaded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_setup", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sign_in_guard",
                columns: table => new
                {
                    login_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    locked_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sign_in_guard", x => x.login_hash);
                });

            migrationBuilder.CreateTable(
                name: "started_instance",
                columns: table => new
                {
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    starter = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    sort = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    definition_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    title = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    reference = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    subject_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    subject_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    steps = table.Column<string>(type: "text", maxLength: -1, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_started_instance", x => x.instance_id);
                });

            migrationBuilder.CreateTable(
                name: "task",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    bookmark_id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    node_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    activity_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    step = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    step_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    title = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    title_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    form = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    subject_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    reference = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    vote = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    reject_policy = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    health = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    actions = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    chosen_by = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    votes = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    overdue_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    previous_task_id = table.Column<Guid>(type: "uuid", nullable: true),
                    previous_step = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    previous_step_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    previous_by = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_task", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "task_assignment",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    assigned_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_task_assignment", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "task_draft",
                columns: table => new
                {
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    data = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    opinion = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    saved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_task_draft", x => new { x.task_id, x.user_id });
                });

            migrationBuilder.CreateTable(
                name: "task_event",
                columns: table => new
                {
                    no = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    activity_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    step = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    step_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    round = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    outcome = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    outcome_label = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    outcome_label_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    outcome_kind = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    opinion = table.Column<string>(type: "text", maxLength: -1, nullable: true),
                    signature = table.Column<string>(type: "text", maxLength: -1, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_task_event", x => x.no);
                });

            migrationBuilder.CreateTable(
                name: "user",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    department_id = table.Column<Guid>(type: "uuid", nullable: true),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    language = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    theme = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_sign_in_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    user_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    normalized_user_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    email = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    normalized_email = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    password_hash = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    security_stamp = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    concurrency_stamp = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_user", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_definition",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    definition_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    is_latest = table.Column<bool>(type: "boolean", nullable: false),
                    is_published = table.Column<bool>(type: "boolean", nullable: false),
                    shipped_hash = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    json = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_by_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workflow_definition", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_instance",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    version_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    definition_version = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    correlation_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    status = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    sub_status = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    state = table.Column<string>(type: "text", maxLength: -1, nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    journal_count = table.Column<int>(type: "integer", nullable: false),
                    incident_count = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workflow_instance", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_trigger",
                columns: table => new
                {
                    version_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    activity_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    definition_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    trigger_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workflow_trigger", x => new { x.version_id, x.activity_id });
                });

            migrationBuilder.CreateTable(
                name: "settlement_application",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    period_from = table.Column<DateOnly>(type: "date", nullable: false),
                    period_to = table.Column<DateOnly>(type: "date", nullable: false),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    submitted_by = table.Column<Guid>(type: "uuid", nullable: true),
                    on_behalf_by = table.Column<Guid>(type: "uuid", nullable: true),
                    submitted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    commerce_decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    close_reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    rules = table.Column<string>(type: "character varying(1000000)", maxLength: 1000000, nullable: true),
                    total_fee = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    score = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    return_ratio = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    return_amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    disposition = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    finance_decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    finance_decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settlement_application", x => x.id);
                    table.ForeignKey(
                        name: "FK_settlement_application_party_agent_id",
                        column: x => x.agent_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_rate",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    product_id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    rate = table.Column<decimal>(type: "numeric(9,6)", precision: 9, scale: 6, nullable: false),
                    valid_from = table.Column<DateOnly>(type: "date", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_rate", x => x.id);
                    table.ForeignKey(
                        name: "FK_fee_rate_party_agent_id",
                        column: x => x.agent_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_fee_rate_product_product_id",
                        column: x => x.product_id,
                        principalTable: "product",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "sales_record",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    sale_order_no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    sale_date = table.Column<DateOnly>(type: "date", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    product_id = table.Column<Guid>(type: "uuid", nullable: false),
                    quantity = table.Column<int>(type: "integer", nullable: false),
                    amount_receivable = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    amount_received = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sales_record", x => x.id);
                    table.ForeignKey(
                        name: "FK_sales_record_party_agent_id",
                        column: x => x.agent_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_sales_record_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_sales_record_product_product_id",
                        column: x => x.product_id,
                        principalTable: "product",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "role_right",
                columns: table => new
                {
                    role_id = table.Column<Guid>(type: "uuid", nullable: false),
                    right = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_role_right", x => new { x.role_id, x.right });
                    table.ForeignKey(
                        name: "FK_role_right_role_role_id",
                        column: x => x.role_id,
                        principalTable: "role",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "user_role",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_user_role", x => new { x.user_id, x.role_id });
                    table.ForeignKey(
                        name: "FK_user_role_role_role_id",
                        column: x => x.role_id,
                        principalTable: "role",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_user_role_user_user_id",
                        column: x => x.user_id,
                        principalTable: "user",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "invoice",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    application_id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    number = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    issued_on = table.Column<DateOnly>(type: "date", nullable: false),
                    courier_no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    entered_by = table.Column<Guid>(type: "uuid", nullable: false),
                    entered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    received_by = table.Column<Guid>(type: "uuid", nullable: true),
                    received_on = table.Column<DateOnly>(type: "date", nullable: true),
                    voided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    void_reason = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice", x => x.id);
                    table.ForeignKey(
                        name: "FK_invoice_settlement_application_application_id",
                        column: x => x.application_id,
                        principalTable: "settlement_application",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ledger_entry",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    voucher = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    application_id = table.Column<Guid>(type: "uuid", nullable: false),
                    books = table.Column<Guid>(type: "uuid", nullable: true),
                    reverses = table.Column<Guid>(type: "uuid", nullable: true),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    account = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    by = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_entry", x => x.id);
                    table.ForeignKey(
                        name: "FK_ledger_entry_settlement_application_application_id",
                        column: x => x.application_id,
                        principalTable: "settlement_application",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "satisfaction_report",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    application_id = table.Column<Guid>(type: "uuid", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    answers = table.Column<string>(type: "character varying(1000000)", maxLength: 1000000, nullable: false),
                    comments = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    score = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    proposed_ratio = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    ratio = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    by = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_satisfaction_report", x => x.id);
                    table.ForeignKey(
                        name: "FK_satisfaction_report_settlement_application_application_id",
                        column: x => x.application_id,
                        principalTable: "settlement_application",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "signature",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    application_id = table.Column<Guid>(type: "uuid", nullable: false),
                    report_id = table.Column<Guid>(type: "uuid", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    tier = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    by = table.Column<Guid>(type: "uuid", nullable: false),
                    by_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    opinion = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: true),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    mark = table.Column<string>(type: "character varying(1000000)", maxLength: 1000000, nullable: false),
                    hash = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signature", x => x.id);
                    table.ForeignKey(
                        name: "FK_signature_settlement_application_application_id",
                        column: x => x.application_id,
                        principalTable: "settlement_application",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "settlement_line",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    application_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    sales_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    held_sale = table.Column<Guid>(type: "uuid", nullable: true),
                    sale_order_no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    sale_date = table.Column<DateOnly>(type: "date", nullable: false),
                    customer_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    product_id = table.Column<Guid>(type: "uuid", nullable: false),
                    product_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    quantity = table.Column<int>(type: "integer", nullable: false),
                    amount_receivable = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    rate = table.Column<decimal>(type: "numeric(9,6)", precision: 9, scale: 6, nullable: false),
                    fee = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settlement_line", x => x.id);
                    table.ForeignKey(
                        name: "FK_settlement_line_sales_record_sales_record_id",
                        column: x => x.sales_record_id,
                        principalTable: "sales_record",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_settlement_line_settlement_application_application_id",
                        column: x => x.application_id,
                        principalTable: "settlement_application",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_attachment_owner",
                table: "attachment",
                column: "owner");

            migrationBuilder.CreateIndex(
                name: "IX_attachment_subject_type_subject_id",
                table: "attachment",
                columns: new[] { "subject_type", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_occurred_at",
                table: "audit",
                column: "occurred_at");

            migrationBuilder.CreateIndex(
                name: "IX_audit_subject_id_occurred_at",
                table: "audit",
                columns: new[] { "subject_id", "occurred_at" });

            migrationBuilder.CreateIndex(
                name: "IX_bookmark_instance_id",
                table: "bookmark",
                column: "instance_id");

            migrationBuilder.CreateIndex(
                name: "IX_bookmark_name_bookmark_key",
                table: "bookmark",
                columns: new[] { "name", "bookmark_key" });

            migrationBuilder.CreateIndex(
                name: "IX_department_key",
                table: "department",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_due_next_at",
                table: "due",
                column: "next_at");

            migrationBuilder.CreateIndex(
                name: "IX_fee_rate_agent_id",
                table: "fee_rate",
                column: "agent_id");

            migrationBuilder.CreateIndex(
                name: "IX_fee_rate_product_id_agent_id_valid_from",
                table: "fee_rate",
                columns: new[] { "product_id", "agent_id", "valid_from" });

            migrationBuilder.CreateIndex(
                name: "IX_inbox_entry_task_id",
                table: "inbox_entry",
                column: "task_id");

            migrationBuilder.CreateIndex(
                name: "IX_incident_instance_id",
                table: "incident",
                column: "instance_id");

            migrationBuilder.CreateIndex(
                name: "IX_invitation_token_hash",
                table: "invitation",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invitation_user_id",
                table: "invitation",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "IX_invoice_application_id",
                table: "invoice",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "IX_invoice_key",
                table: "invoice",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entry_agent_id_at_id",
                table: "ledger_entry",
                columns: new[] { "agent_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entry_application_id",
                table: "ledger_entry",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entry_books",
                table: "ledger_entry",
                column: "books",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entry_reverses",
                table: "ledger_entry",
                column: "reverses",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entry_voucher",
                table: "ledger_entry",
                column: "voucher",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_operation_created_at",
                table: "operation",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_next_at",
                table: "outbox",
                column: "next_at");

            migrationBuilder.CreateIndex(
                name: "IX_party_no",
                table: "party",
                column: "no",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_party_type_name_id",
                table: "party",
                columns: new[] { "type", "name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_product_code",
                table: "product",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_role_key",
                table: "role",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_agent_id_sale_date",
                table: "sales_record",
                columns: new[] { "agent_id", "sale_date" });

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_customer_id",
                table: "sales_record",
                column: "customer_id");

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_product_id",
                table: "sales_record",
                column: "product_id");

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_sale_date_id",
                table: "sales_record",
                columns: new[] { "sale_date", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_sale_order_no",
                table: "sales_record",
                column: "sale_order_no");

            migrationBuilder.CreateIndex(
                name: "IX_satisfaction_report_application_id_round",
                table: "satisfaction_report",
                columns: new[] { "application_id", "round" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_setting_value_key_effective_from",
                table: "setting_value",
                columns: new[] { "key", "effective_from" });

            migrationBuilder.CreateIndex(
                name: "IX_settlement_application_agent_id_state_created_at_id",
                table: "settlement_application",
                columns: new[] { "agent_id", "state", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_settlement_application_no",
                table: "settlement_application",
                column: "no",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_settlement_application_state_created_at_id",
                table: "settlement_application",
                columns: new[] { "state", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_settlement_line_application_id",
                table: "settlement_line",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "IX_settlement_line_held_sale",
                table: "settlement_line",
                column: "held_sale",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_settlement_line_sales_record_id",
                table: "settlement_line",
                column: "sales_record_id");

            migrationBuilder.CreateIndex(
                name: "IX_sign_in_guard_changed_at",
                table: "sign_in_guard",
                column: "changed_at");

            migrationBuilder.CreateIndex(
                name: "IX_signature_application_id",
                table: "signature",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "IX_signature_report_id_by",
                table: "signature",
                columns: new[] { "report_id", "by" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_started_instance_starter_sort",
                table: "started_instance",
                columns: new[] { "starter", "sort" });

            migrationBuilder.CreateIndex(
                name: "IX_task_instance_id_state",
                table: "task",
                columns: new[] { "instance_id", "state" });

            migrationBuilder.CreateIndex(
                name: "IX_task_subject_type_subject_id",
                table: "task",
                columns: new[] { "subject_type", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "IX_task_assignment_instance_id_user_id",
                table: "task_assignment",
                columns: new[] { "instance_id", "user_id" });

            migrationBuilder.CreateIndex(
                name: "IX_task_assignment_task_id_user_id",
                table: "task_assignment",
                columns: new[] { "task_id", "user_id" });

            migrationBuilder.CreateIndex(
                name: "IX_task_event_instance_id_no",
                table: "task_event",
                columns: new[] { "instance_id", "no" });

            migrationBuilder.CreateIndex(
                name: "IX_task_event_subject_type_subject_id_no",
                table: "task_event",
                columns: new[] { "subject_type", "subject_id", "no" });

            migrationBuilder.CreateIndex(
                name: "IX_user_agent_id",
                table: "user",
                column: "agent_id");

            migrationBuilder.CreateIndex(
                name: "IX_user_department_id",
                table: "user",
                column: "department_id");

            migrationBuilder.CreateIndex(
                name: "IX_user_normalized_user_name",
                table: "user",
                column: "normalized_user_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_user_role_role_id",
                table: "user_role",
                column: "role_id");

            migrationBuilder.CreateIndex(
                name: "IX_workflow_definition_definition_id_version",
                table: "workflow_definition",
                columns: new[] { "definition_id", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_workflow_instance_correlation_id",
                table: "workflow_instance",
                column: "correlation_id");

            migrationBuilder.CreateIndex(
                name: "IX_workflow_instance_created_at_id",
                table: "workflow_instance",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_workflow_instance_definition_id_created_at",
                table: "workflow_instance",
                columns: new[] { "definition_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_workflow_trigger_name_trigger_key",
                table: "workflow_trigger",
                columns: new[] { "name", "trigger_key" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "attachment");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "bookmark");

            migrationBuilder.DropTable(
                name: "calendar_day");

            migrationBuilder.DropTable(
                name: "department");

            migrationBuilder.DropTable(
                name: "due");

            migrationBuilder.DropTable(
                name: "fee_rate");

            migrationBuilder.DropTable(
                name: "inbox_entry");

            migrationBuilder.DropTable(
                name: "incident");

            migrationBuilder.DropTable(
                name: "invitation");

            migrationBuilder.DropTable(
                name: "invoice");

            migrationBuilder.DropTable(
                name: "journal");

            migrationBuilder.DropTable(
                name: "known_right");

            migrationBuilder.DropTable(
                name: "ledger_entry");

            migrationBuilder.DropTable(
                name: "number_counter");

            migrationBuilder.DropTable(
                name: "operation");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "role_right");

            migrationBuilder.DropTable(
                name: "satisfaction_report");

            migrationBuilder.DropTable(
                name: "setting_value");

            migrationBuilder.DropTable(
                name: "settlement_line");

            migrationBuilder.DropTable(
                name: "setup");

            migrationBuilder.DropTable(
                name: "sign_in_guard");

            migrationBuilder.DropTable(
                name: "signature");

            migrationBuilder.DropTable(
                name: "started_instance");

            migrationBuilder.DropTable(
                name: "task");

            migrationBuilder.DropTable(
                name: "task_assignment");

            migrationBuilder.DropTable(
                name: "task_draft");

            migrationBuilder.DropTable(
                name: "task_event");

            migrationBuilder.DropTable(
                name: "user_role");

            migrationBuilder.DropTable(
                name: "workflow_definition");

            migrationBuilder.DropTable(
                name: "workflow_instance");

            migrationBuilder.DropTable(
                name: "workflow_trigger");

            migrationBuilder.DropTable(
                name: "sales_record");

            migrationBuilder.DropTable(
                name: "settlement_application");

            migrationBuilder.DropTable(
                name: "role");

            migrationBuilder.DropTable(
                name: "user");

            migrationBuilder.DropTable(
                name: "product");

            migrationBuilder.DropTable(
                name: "party");
        }
    }
}
