using System.Reflection;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Composition;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>Default-deny, generated: whatever operation a module adds is walked without being named here.</summary>
public sealed class AccessTests
{
    private static readonly Assembly[] Everything = ProductAssemblies.All;

    private static readonly Actor Staff = new(ActorKind.Staff, Guid.Parse("0193a000-0000-7000-8000-000000000001"), "staff");
    private static readonly Actor Agent = new(ActorKind.Agent, Guid.Parse("0193a000-0000-7000-8000-000000000002"),
        "agent") { AgentId = Guid.Parse("0193a000-0000-7000-8000-000000000003") };

    private static readonly OperationCatalogue Catalogue = new(Everything.Select(a => new OperationSource(a)));

    private static List<(FieldInfo Field, Operation Operation)> Operations() => [.. Catalogue.All.Select(o => (o.Value, o.Key))];

    [Fact]
    public async Task The_catalogue_of_the_running_product_is_the_one_that_is_walked_here()
    {
        await using var app = await HostApp.StartAsync();
        app.Services.GetRequiredService<OperationCatalogue>().All.Keys.Select(o => o.Name)
            .Where(n => !n.StartsWith("Test.", StringComparison.Ordinal)).ShouldBe(Operations().Select(o => o.Operation.Name), ignoreOrder: true);
    }

    [Fact]
    public async Task The_runtime_refuses_an_operation_that_is_not_in_the_catalogue()
    {
        await using var app = await TestApp.StartAsync();
        var made = new Operation("Agents.MadeUp", Access.SignedIn);
        var ran = false;
        Task<Result<bool>> Run() => Task.FromResult<Result<bool>>(ran = true);
        var read = await Should.ThrowAsync<InvalidOperationException>(() => app.Runtime.ReadAsync<bool>(made, Actor.System, _ => Run(), TestApp.Ct));
        await Should.ThrowAsync<InvalidOperationException>(() =>
            app.Runtime.ExecuteAsync<bool>(made, Actor.System, app.NewOperation(), null, _ => Run(), TestApp.Ct));
        read.Message.ShouldContain("'Agents.MadeUp' is not in the catalogue");
        ran.ShouldBeFalse();
    }

    [Fact]
    public void Operations_have_names_of_their_own()
    {
        var operations = Operations();
        operations.Count.ShouldBeGreaterThan(40);
        operations.GroupBy(o => o.Operation.Name).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
        operations.Where(o => !o.Operation.Name.Contains('.')).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_named_few_are_open_before_sign_in()
    {
        Operations().Where(o => o.Operation.Access.Allows(Actor.Anonymous)).Select(o => o.Operation.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["Identity.AcceptInvitation", "Identity.CheckInvitation", "Identity.CheckSetup", "Identity.CompleteSetup", "Identity.SignIn"]);
    }

    [Fact]
    public void Every_right_an_operation_asks_for_is_on_the_roles_page()
    {
        using var app = new TestServices();
        var known = app.Services.GetServices<RightDescriptor>().Select(r => r.Key).ToHashSet();
        Operations().SelectMany(o => o.Operation.Access.Rights.Select(right => (o.Operation.Name, right))).Where(x => !known.Contains(x.right))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_operation_refuses_each_kind_of_actor_it_does_not_admit_as_if_it_did_not_exist()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var (_, operation) in Operations())
        foreach (var actor in (Actor[])[Actor.Anonymous, Staff, Agent])
        {
            if (operation.Access.Allows(actor)) continue;
            var ran = false;
            (await app.Runtime.ReadAsync<bool>(operation, actor, _ => { ran = true; return Task.FromResult<Result<bool>>(true); }, TestApp.Ct))
                .Problem.ShouldBeOfType<NotFound>(operation.Name);
            (await app.Runtime.ExecuteAsync<bool>(operation, actor, app.NewOperation(), null, _ =>
                { ran = true; return Task.FromResult<Result<bool>>(true); }, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>(operation.Name);
            ran.ShouldBeFalse(operation.Name);
        }
    }

    /// <summary>A class that is given the runtime asks it under an operation of its own: none reaches the database undeclared.</summary>
    [Fact]
    public void Whoever_is_given_the_runtime_declares_an_operation()
    {
        var declaring = Operations().Select(o => o.Field.DeclaringType!).ToHashSet();
        var asking = from assembly in Everything
                     from type in assembly.GetTypes()
                     where type is { IsClass: true, IsAbstract: false } && assembly != typeof(WorkflowRuntime).Assembly
                     where type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                         .Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(WorkflowRuntime)))
                     where type != typeof(DemoContext) && !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute))
                     select type;
        asking.Where(t => !declaring.Contains(t) && !t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Any(f =>
            f.FieldType == typeof(Operation))).Select(t => t.FullName).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_endpoint_says_who_may_or_is_for_staff()
    {
        await using var app = await HostApp.StartAsync();
        var open = app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => !Path.HasExtension(path.Replace("{", "").Replace("}", ""))).Distinct().Order(StringComparer.Ordinal);
        open.ShouldBe(["/account/language", "/account/sign-out", "/account/theme", "/healthz", "/invitation/{token}", "/metrics", "/readyz",
            "/setup/{token}", "/sign-in", "/workflows/{**path}"]);
    }

    /// <summary>Endpoints that take an id or a token, beside pages, which answer through their queries.</summary>
    [Fact]
    public async Task An_endpoint_with_an_id_answers_who_may_not_see_the_record_as_if_it_were_not_there()
    {
        await using var app = await HostApp.StartAsync();
        app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.Parameters.Count > 0 && !e.Metadata.Any(m => m.GetType().Name == "ComponentTypeMetadata"))
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
                .Where(p => !p.StartsWith("/_", StringComparison.Ordinal) && !p.Contains("{**", StringComparison.Ordinal)).Distinct()
                .Order(StringComparer.Ordinal)
            // walk what is new here too; RunTaskTests walks the tasks, ApiReferenceTests the reference
            .ShouldBe(["/attachments/{id:guid}", "/elsa/api/tasks/{taskId}/complete", "/invitation/{token}", "/jobs/{id:guid}/file",
                "/lists/{key}.xlsx", "/scalar/{documentName?}", "/setup/{token}"]);

        var file = app.NewOperation();
        await app.UserAsync("liuyang", "correct horse battery");
        await app.DoAsync(async cmd =>
        {
            var agent = new Party { Id = cmd.NewId(), Type = PartyType.Agent, No = "D001", Name = "武汉图元" };
            var application = new SettlementApplication { Id = cmd.NewId(), AgentId = agent.Id, CreatedBy = Guid.Empty, CreatedAt = cmd.Now };
            cmd.Db.AddRange(agent, application, new Attachment
            {
                Id = file, SubjectType = "settlement", SubjectId = application.Id, Kind = "scan", Name = "发票.pdf", ContentType = "application/pdf",
                Size = 8, Sha256 = "", StoredName = "ab12", Owner = "u:x",
                UploadedBy = Guid.Empty, UploadedByName = "x", UploadedAt = cmd.Now,
            });
            Directory.CreateDirectory(Path.Combine(app.DataFolder, "files", "ab"));
            await File.WriteAllTextAsync(Path.Combine(app.DataFolder, "files", "ab", "ab12"), "%PDF-1.4", TestApp.Ct);
        });
        // it is there
        await using (var scope = app.Services.CreateAsyncScope())
            (await scope.ServiceProvider.GetRequiredService<Attachments>().FindAsync(Actor.System, file, TestApp.Ct)).Problem.ShouldBeNull();
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "liuyang", "correct horse battery");
        var (foreign, random) =
            (await browser.GetAsync($"/attachments/{file}", TestApp.Ct), await browser.GetAsync($"/attachments/{app.NewOperation()}", TestApp.Ct));
        (foreign.StatusCode, random.StatusCode).ShouldBe((System.Net.HttpStatusCode.NotFound, System.Net.HttpStatusCode.NotFound));
        static string Plain(string page) =>
            System.Text.RegularExpressions.Regex.Replace(page, "nonce=\"[^\"]*\"|value=\"CfDJ8[^\"]*\"|YC-[0-9A-Z-]+", "");
        Plain(await foreign.Content.ReadAsStringAsync(TestApp.Ct)).ShouldBe(Plain(await random.Content.ReadAsStringAsync(TestApp.Ct)));
    }

    /// <summary>Kept by the record they hang on, or no secret among those whom the operation admits; everything else says who sees it.</summary>
    private static readonly Type[] WithoutScope = [typeof(FeeRate), typeof(Audience), typeof(CarePlan), typeof(Anniversary), typeof(Product)];

    /// <summary>What is a person's or a customer's has a scope, so that nothing but <c>Visible</c> can answer for it.</summary>
    [Fact]
    public async Task Every_record_and_everything_that_hangs_on_a_customer_says_who_sees_it()
    {
        await using var app = await TestApp.StartAsync();
        var entities = await app.ReadAsync(db => Task.FromResult(db.Model.GetEntityTypes().Where(e => !e.IsOwned()).ToList()));
        entities.Where(e =>
            typeof(BusinessRecord).IsAssignableFrom(e.ClrType) || e.GetForeignKeys().Any(k => k.PrincipalEntityType.ClrType == typeof(Party)))
            .Select(e => e.ClrType).Except(app.Get<RecordScopes>().Types).Except(WithoutScope).Select(t => t.Name).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_type_of_which_nobody_said_who_sees_it_answers_nobody()
    {
        await using var app = await TestApp.StartAsync();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() =>
            app.ReadAsync(db => Task.FromResult(db.Visible<Attachment>(Staff).ToList())));
        refused.Message.ShouldBe("Nobody has said who sees Attachment. Add services.AddScope<Attachment>(…) in the module that owns it.");
    }

    /// <summary>Pages that are not for staff alone carry their mark; a new page without one is for staff.</summary>
    [Fact]
    public void Pages_for_agents_are_marked_once()
    {
        var pages = Everything.SelectMany(a => a.GetTypes()).Where(t => t.IsDefined(typeof(RouteAttribute)) && typeof(IComponent).IsAssignableFrom(t))
            .ToList();
        pages.Count.ShouldBeGreaterThan(5);
        pages.Where(p => p.IsDefined(typeof(CrmFlow.Ui.AgentPageAttribute)) && p.IsDefined(typeof(CrmFlow.Ui.SharedPageAttribute))).ShouldBeEmpty();
        pages.Where(p => p.GetCustomAttributes<RouteAttribute>().Any(r => r.Template.StartsWith("/admin", StringComparison.Ordinal))
            && (p.IsDefined(typeof(CrmFlow.Ui.AgentPageAttribute)) || p.IsDefined(typeof(CrmFlow.Ui.SharedPageAttribute)))).ShouldBeEmpty();
    }

    private sealed class TestServices : IDisposable
    {
        public ServiceProvider Services { get; } = new ServiceCollection().AddModules().BuildServiceProvider();
        public void Dispose() => Services.Dispose();
    }
}
