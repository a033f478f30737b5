using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmFlow.Migrations.PostgreSql
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
                name: "audience",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    filter = table.Column<string>(type: "character varying(100000)", maxLength: 100000, nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audience", x => x.id);
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
                    table.PrimaryKey("PK_audit", x => new { x.occurred_at, x.id });
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
                    table.PrimaryKey("PK_bookmark", x => new { x.instance_id, x.id });
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
                name: "care_opt_out",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_care_opt_out", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "care_plan_progress",
                columns: table => new
                {
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    begun_through = table.Column<DateOnly>(type: "date", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_care_plan_progress", x => x.plan_id);
                });

            migrationBuilder.CreateTable(
                name: "customer_reminder",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    party_id = table.Column<Guid>(type: "uuid", nullable: true),
                    requested_by = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expected_by = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    content = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    target = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    reminder_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    is_online = table.Column<bool>(type: "boolean", nullable: false),
                    received_by = table.Column<Guid>(type: "uuid", nullable: true),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    is_resolved = table.Column<bool>(type: "boolean", nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolution = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_customer_reminder", x => x.id);
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
                name: "dictionary_entry",
                columns: table => new
                {
                    dictionary = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    code = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name_en = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    position = table.Column<int>(type: "integer", nullable: false),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dictionary_entry", x => new { x.dictionary, x.code });
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
                    entered = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
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
                    instance_id = table.Column<Guid>(type: "uuid", nullable: true),
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
                    name_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    ownership_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    legal_representative = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    address = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    postal_code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    website = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    profile = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: true),
                    contact_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    office_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    mobile_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    email = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    fax = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    level = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    customer_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    status = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    stage = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    credit_rating = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    business_scope = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    company_size = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    country = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    region = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    province = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    city = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    area_code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    industry = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    rating = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    annual_revenue = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    info_source = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    other_info = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    founded_on = table.Column<DateOnly>(type: "date", nullable: true),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: true),
                    department_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
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
                    list_price = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    industry_code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
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
                    table.PrimaryKey("PK_task_assignment", x => new { x.task_id, x.id });
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
                    started_by = table.Column<Guid>(type: "uuid", nullable: true),
                    started_by_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workflow_instance", x => x.id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.CreateTable(
                name: "workflow_trigger",
                columns: table => new
                {
                    version_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    activity_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    trigger_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    definition_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workflow_trigger", x => new { x.version_id, x.activity_id, x.trigger_key });
                });

            migrationBuilder.CreateTable(
                name: "care_plan",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    occasion = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    care_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    method = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    audience_id = table.Column<Guid>(type: "uuid", nullable: true),
                    festival_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    every_months = table.Column<int>(type: "integer", nullable: false),
                    start_on = table.Column<DateOnly>(type: "date", nullable: true),
                    lead_days = table.Column<int>(type: "integer", nullable: false),
                    subject = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    body = table.Column<string>(type: "character varying(8000)", maxLength: 8000, nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_care_plan", x => x.id);
                    table.ForeignKey(
                        name: "FK_care_plan_audience_audience_id",
                        column: x => x.audience_id,
                        principalTable: "audience",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "anniversary",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    party_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    year = table.Column<int>(type: "integer", nullable: true),
                    month = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<int>(type: "integer", nullable: true),
                    calendar = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    is_leap_month = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_anniversary", x => x.id);
                    table.ForeignKey(
                        name: "FK_anniversary_party_party_id",
                        column: x => x.party_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "care_record",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    party_id = table.Column<Guid>(type: "uuid", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: true),
                    target_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    cared_at = table.Column<DateOnly>(type: "date", nullable: false),
                    care_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    care_method = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    performed_by = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    occasion_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_care_record", x => x.id);
                    table.ForeignKey(
                        name: "FK_care_record_party_party_id",
                        column: x => x.party_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "contact",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    party_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    salutation = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    gender = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    department = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    job_title = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    office_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    mobile_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    email = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    qq = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    birth_year = table.Column<int>(type: "integer", nullable: true),
                    birth_month = table.Column<int>(type: "integer", nullable: true),
                    birth_day = table.Column<int>(type: "integer", nullable: true),
                    birth_calendar = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    birth_is_leap_month = table.Column<bool>(type: "boolean", nullable: false),
                    address = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    hobbies = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    family_notes = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    other_info = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_primary = table.Column<bool>(type: "boolean", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_contact", x => x.id);
                    table.ForeignKey(
                        name: "FK_contact_party_party_id",
                        column: x => x.party_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "first_visit",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sale_order_no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    sales_rep_id = table.Column<Guid>(type: "uuid", nullable: true),
                    customer_no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    customer_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    address = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    contact_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    office_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    mobile_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    product_name = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    sale_date = table.Column<DateOnly>(type: "date", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    visitor = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    visited_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    satisfaction = table.Column<int>(type: "integer", nullable: true),
                    due_on = table.Column<DateOnly>(type: "date", nullable: false),
                    postponed = table.Column<int>(type: "integer", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cancel_reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    cancelled_by = table.Column<Guid>(type: "uuid", nullable: true),
                    cancelled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_first_visit", x => x.id);
                    table.ForeignKey(
                        name: "FK_first_visit_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "follow_up_visit",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    nature = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    respondent = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    method = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    content = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    result = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_completed = table.Column<bool>(type: "boolean", nullable: false),
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_follow_up_visit", x => x.id);
                    table.ForeignKey(
                        name: "FK_follow_up_visit_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "hotline_record",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    served_by = table.Column<Guid>(type: "uuid", nullable: true),
                    method = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    problem = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    solution = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_resolved = table.Column<bool>(type: "boolean", nullable: false),
                    contact_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    caller_number = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    direction = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    call_id = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hotline_record", x => x.id);
                    table.ForeignKey(
                        name: "FK_hotline_record_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "interaction",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    contact_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    direction = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    category = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    importance = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    status = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    content = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: true),
                    visit_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_interaction", x => x.id);
                    table.ForeignKey(
                        name: "FK_interaction_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "service_record",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    service_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    service_target = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    location = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    engineer_id = table.Column<Guid>(type: "uuid", nullable: true),
                    fee_receivable = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    fee_received = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    contact_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    contact_info = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    completion_notes = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_service_record", x => x.id);
                    table.ForeignKey(
                        name: "FK_service_record_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
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
                name: "opportunity",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    stage = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    product_id = table.Column<Guid>(type: "uuid", nullable: true),
                    quantity = table.Column<int>(type: "integer", nullable: false),
                    probability = table.Column<int>(type: "integer", nullable: true),
                    expected_amount = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    close_by = table.Column<DateOnly>(type: "date", nullable: false),
                    sales_rep_id = table.Column<Guid>(type: "uuid", nullable: true),
                    description = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_opportunity", x => x.id);
                    table.ForeignKey(
                        name: "FK_opportunity_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_opportunity_product_product_id",
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
                    line_no = table.Column<int>(type: "integer", nullable: false),
                    sale_date = table.Column<DateOnly>(type: "date", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    product_id = table.Column<Guid>(type: "uuid", nullable: false),
                    quantity = table.Column<int>(type: "integer", nullable: false),
                    sales_rep_id = table.Column<Guid>(type: "uuid", nullable: true),
                    sales_rep_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    sales_rep_phone = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    product_value = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: true),
                    pickup_discount = table.Column<decimal>(type: "numeric(9,6)", precision: 9, scale: 6, nullable: true),
                    amount_receivable = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    receivable_reason = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    amount_received = table.Column<decimal>(type: "numeric(19,2)", precision: 19, scale: 2, nullable: false),
                    area_code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    industry_code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    service_authorization_no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
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
                name: "care_occasion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    care_type = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    method = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    party_id = table.Column<Guid>(type: "uuid", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: true),
                    on = table.Column<DateOnly>(type: "date", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    planned_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancel_reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_care_occasion", x => x.id);
                    table.ForeignKey(
                        name: "FK_care_occasion_care_plan_plan_id",
                        column: x => x.plan_id,
                        principalTable: "care_plan",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
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
                name: "authorization_number",
                columns: table => new
                {
                    no = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    sales_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    issued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    issued_by = table.Column<Guid>(type: "uuid", nullable: false),
                    replaced_reason = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    replaced_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_authorization_number", x => x.no);
                    table.ForeignKey(
                        name: "FK_authorization_number_sales_record_sales_record_id",
                        column: x => x.sales_record_id,
                        principalTable: "sales_record",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "complaint",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    no = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    category = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sales_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    product_id = table.Column<Guid>(type: "uuid", nullable: true),
                    source = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    complainant = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    contact_info = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    content = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    incident = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    complained_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expected_by = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    verification_result = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    received_by = table.Column<Guid>(type: "uuid", nullable: false),
                    rules = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    assigned_to = table.Column<Guid>(type: "uuid", nullable: true),
                    call_back_due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    satisfaction = table.Column<int>(type: "integer", nullable: true),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    end = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    cancel_reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    cancelled_by = table.Column<Guid>(type: "uuid", nullable: true),
                    round = table.Column<int>(type: "integer", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    source_person = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    remarks = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    is_demo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_complaint", x => x.id);
                    table.ForeignKey(
                        name: "FK_complaint_party_customer_id",
                        column: x => x.customer_id,
                        principalTable: "party",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_complaint_product_product_id",
                        column: x => x.product_id,
                        principalTable: "product",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_complaint_sales_record_sales_record_id",
                        column: x => x.sales_record_id,
                        principalTable: "sales_record",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "dongle_assignment",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    sales_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dongle_no = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dongle_assignment", x => x.id);
                    table.ForeignKey(
                        name: "FK_dongle_assignment_sales_record_sales_record_id",
                        column: x => x.sales_record_id,
                        principalTable: "sales_record",
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

            migrationBuilder.CreateTable(
                name: "complaint_call_back",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    by = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    respondent = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    satisfaction = table.Column<int>(type: "integer", nullable: true),
                    comment = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_complaint_call_back", x => x.id);
                    table.ForeignKey(
                        name: "FK_complaint_call_back_complaint_complaint_id",
                        column: x => x.complaint_id,
                        principalTable: "complaint",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "complaint_handling",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    method = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    handled_by = table.Column<Guid>(type: "uuid", nullable: false),
                    handled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    location = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    result = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    satisfaction = table.Column<int>(type: "integer", nullable: true),
                    customer_comment = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    remarks = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_complaint_handling", x => x.id);
                    table.ForeignKey(
                        name: "FK_complaint_handling_complaint_complaint_id",
                        column: x => x.complaint_id,
                        principalTable: "complaint",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_anniversary_month_day",
                table: "anniversary",
                columns: new[] { "month", "day" });

            migrationBuilder.CreateIndex(
                name: "IX_anniversary_party_id",
                table: "anniversary",
                column: "party_id");

            migrationBuilder.CreateIndex(
                name: "IX_attachment_owner",
                table: "attachment",
                column: "owner");

            migrationBuilder.CreateIndex(
                name: "IX_attachment_subject_type_subject_id",
                table: "attachment",
                columns: new[] { "subject_type", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "IX_audience_name",
                table: "audience",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_audit_subject_id_occurred_at",
                table: "audit",
                columns: new[] { "subject_id", "occurred_at" },
                filter: "subject_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_authorization_number_sales_record_id",
                table: "authorization_number",
                column: "sales_record_id");

            migrationBuilder.CreateIndex(
                name: "IX_bookmark_name_bookmark_key",
                table: "bookmark",
                columns: new[] { "name", "bookmark_key" });

            migrationBuilder.CreateIndex(
                name: "IX_care_occasion_key",
                table: "care_occasion",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_care_occasion_party_id_on",
                table: "care_occasion",
                columns: new[] { "party_id", "on" });

            migrationBuilder.CreateIndex(
                name: "IX_care_occasion_plan_id",
                table: "care_occasion",
                column: "plan_id");

            migrationBuilder.CreateIndex(
                name: "IX_care_occasion_state_on_id",
                table: "care_occasion",
                columns: new[] { "state", "on", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_care_plan_audience_id",
                table: "care_plan",
                column: "audience_id");

            migrationBuilder.CreateIndex(
                name: "IX_care_record_cared_at_id",
                table: "care_record",
                columns: new[] { "cared_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_care_record_occasion_id",
                table: "care_record",
                column: "occasion_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_care_record_party_id_cared_at",
                table: "care_record",
                columns: new[] { "party_id", "cared_at" });

            migrationBuilder.CreateIndex(
                name: "IX_complaint_assigned_to_state",
                table: "complaint",
                columns: new[] { "assigned_to", "state" });

            migrationBuilder.CreateIndex(
                name: "IX_complaint_complained_at_id",
                table: "complaint",
                columns: new[] { "complained_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_complaint_customer_id_complained_at_id",
                table: "complaint",
                columns: new[] { "customer_id", "complained_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_complaint_no",
                table: "complaint",
                column: "no",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_complaint_product_id",
                table: "complaint",
                column: "product_id");

            migrationBuilder.CreateIndex(
                name: "IX_complaint_sales_record_id",
                table: "complaint",
                column: "sales_record_id");

            migrationBuilder.CreateIndex(
                name: "IX_complaint_state_complained_at_id",
                table: "complaint",
                columns: new[] { "state", "complained_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_complaint_call_back_complaint_id_round_attempt",
                table: "complaint_call_back",
                columns: new[] { "complaint_id", "round", "attempt" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_complaint_handling_complaint_id_round",
                table: "complaint_handling",
                columns: new[] { "complaint_id", "round" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_contact_birth_month_birth_day",
                table: "contact",
                columns: new[] { "birth_month", "birth_day" });

            migrationBuilder.CreateIndex(
                name: "IX_contact_mobile_phone",
                table: "contact",
                column: "mobile_phone");

            migrationBuilder.CreateIndex(
                name: "IX_contact_name_id",
                table: "contact",
                columns: new[] { "name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_contact_office_phone",
                table: "contact",
                column: "office_phone");

            migrationBuilder.CreateIndex(
                name: "IX_contact_party_id_name_id",
                table: "contact",
                columns: new[] { "party_id", "name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_customer_reminder_is_resolved_requested_at_id",
                table: "customer_reminder",
                columns: new[] { "is_resolved", "requested_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_customer_reminder_party_id_requested_at",
                table: "customer_reminder",
                columns: new[] { "party_id", "requested_at" });

            migrationBuilder.CreateIndex(
                name: "IX_customer_reminder_target_is_resolved_requested_at",
                table: "customer_reminder",
                columns: new[] { "target", "is_resolved", "requested_at" });

            migrationBuilder.CreateIndex(
                name: "IX_department_key",
                table: "department",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_dongle_assignment_dongle_no",
                table: "dongle_assignment",
                column: "dongle_no",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_dongle_assignment_sales_record_id",
                table: "dongle_assignment",
                column: "sales_record_id");

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
                name: "IX_first_visit_customer_id_sale_order_no",
                table: "first_visit",
                columns: new[] { "customer_id", "sale_order_no" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_first_visit_instance_id",
                table: "first_visit",
                column: "instance_id");

            migrationBuilder.CreateIndex(
                name: "IX_first_visit_sale_date_id",
                table: "first_visit",
                columns: new[] { "sale_date", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_first_visit_state_due_on_id",
                table: "first_visit",
                columns: new[] { "state", "due_on", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_follow_up_visit_at_id",
                table: "follow_up_visit",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_follow_up_visit_complaint_id",
                table: "follow_up_visit",
                column: "complaint_id");

            migrationBuilder.CreateIndex(
                name: "IX_follow_up_visit_customer_id_at_id",
                table: "follow_up_visit",
                columns: new[] { "customer_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_hotline_record_at_id",
                table: "hotline_record",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_hotline_record_customer_id_at_id",
                table: "hotline_record",
                columns: new[] { "customer_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_inbox_entry_task_id",
                table: "inbox_entry",
                column: "task_id");

            migrationBuilder.CreateIndex(
                name: "IX_incident_instance_id",
                table: "incident",
                column: "instance_id");

            migrationBuilder.CreateIndex(
                name: "IX_interaction_at_id",
                table: "interaction",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_interaction_complaint_id",
                table: "interaction",
                column: "complaint_id");

            migrationBuilder.CreateIndex(
                name: "IX_interaction_customer_id_at_id",
                table: "interaction",
                columns: new[] { "customer_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_interaction_no",
                table: "interaction",
                column: "no",
                unique: true);

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
                name: "IX_opportunity_customer_id_close_by_id",
                table: "opportunity",
                columns: new[] { "customer_id", "close_by", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_opportunity_product_id",
                table: "opportunity",
                column: "product_id");

            migrationBuilder.CreateIndex(
                name: "IX_opportunity_sales_rep_id_state_close_by",
                table: "opportunity",
                columns: new[] { "sales_rep_id", "state", "close_by" });

            migrationBuilder.CreateIndex(
                name: "IX_opportunity_state_close_by_id",
                table: "opportunity",
                columns: new[] { "state", "close_by", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_instance_id",
                table: "outbox",
                column: "instance_id");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_next_at",
                table: "outbox",
                column: "next_at");

            migrationBuilder.CreateIndex(
                name: "IX_party_department_key_type",
                table: "party",
                columns: new[] { "department_key", "type" });

            migrationBuilder.CreateIndex(
                name: "IX_party_mobile_phone",
                table: "party",
                column: "mobile_phone");

            migrationBuilder.CreateIndex(
                name: "IX_party_name_key",
                table: "party",
                column: "name_key");

            migrationBuilder.CreateIndex(
                name: "IX_party_no",
                table: "party",
                column: "no",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_party_office_phone",
                table: "party",
                column: "office_phone");

            migrationBuilder.CreateIndex(
                name: "IX_party_owner_id_type",
                table: "party",
                columns: new[] { "owner_id", "type" });

            migrationBuilder.CreateIndex(
                name: "IX_party_type_changed_at_id",
                table: "party",
                columns: new[] { "type", "changed_at", "id" });

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
                name: "IX_sales_record_customer_id_sale_date_id",
                table: "sales_record",
                columns: new[] { "customer_id", "sale_date", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_product_id",
                table: "sales_record",
                column: "product_id");

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_sale_date_id",
                table: "sales_record",
                columns: new[] { "sale_date", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_sale_order_no_line_no",
                table: "sales_record",
                columns: new[] { "sale_order_no", "line_no" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_sales_rep_id",
                table: "sales_record",
                column: "sales_rep_id");

            migrationBuilder.CreateIndex(
                name: "IX_sales_record_service_authorization_no",
                table: "sales_record",
                column: "service_authorization_no",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_satisfaction_report_application_id_round",
                table: "satisfaction_report",
                columns: new[] { "application_id", "round" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_service_record_at_id",
                table: "service_record",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_service_record_customer_id_at_id",
                table: "service_record",
                columns: new[] { "customer_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_setting_value_key_effective_from",
                table: "setting_value",
                columns: new[] { "key", "effective_from" });

            migrationBuilder.CreateIndex(
                name: "IX_settlement_application_agent_id_state_created_at_id",
                table: "settlement_application",
                columns: new[] { "agent_id", "state", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_settlement_application_instance_id",
                table: "settlement_application",
                column: "instance_id");

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
                name: "anniversary");

            migrationBuilder.DropTable(
                name: "attachment");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "authorization_number");

            migrationBuilder.DropTable(
                name: "bookmark");

            migrationBuilder.DropTable(
                name: "calendar_day");

            migrationBuilder.DropTable(
                name: "care_occasion");

            migrationBuilder.DropTable(
                name: "care_opt_out");

            migrationBuilder.DropTable(
                name: "care_plan_progress");

            migrationBuilder.DropTable(
                name: "care_record");

            migrationBuilder.DropTable(
                name: "complaint_call_back");

            migrationBuilder.DropTable(
                name: "complaint_handling");

            migrationBuilder.DropTable(
                name: "contact");

            migrationBuilder.DropTable(
                name: "customer_reminder");

            migrationBuilder.DropTable(
                name: "department");

            migrationBuilder.DropTable(
                name: "dictionary_entry");

            migrationBuilder.DropTable(
                name: "dongle_assignment");

            migrationBuilder.DropTable(
                name: "due");

            migrationBuilder.DropTable(
                name: "fee_rate");

            migrationBuilder.DropTable(
                name: "first_visit");

            migrationBuilder.DropTable(
                name: "follow_up_visit");

            migrationBuilder.DropTable(
                name: "hotline_record");

            migrationBuilder.DropTable(
                name: "inbox_entry");

            migrationBuilder.DropTable(
                name: "incident");

            migrationBuilder.DropTable(
                name: "interaction");

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
                name: "opportunity");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "role_right");

            migrationBuilder.DropTable(
                name: "satisfaction_report");

            migrationBuilder.DropTable(
                name: "service_record");

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
                name: "care_plan");

            migrationBuilder.DropTable(
                name: "complaint");

            migrationBuilder.DropTable(
                name: "settlement_application");

            migrationBuilder.DropTable(
                name: "role");

            migrationBuilder.DropTable(
                name: "user");

            migrationBuilder.DropTable(
                name: "audience");

            migrationBuilder.DropTable(
                name: "sales_record");

            migrationBuilder.DropTable(
                name: "party");

            migrationBuilder.DropTable(
                name: "product");
        }
    }
}
