using System.Net;
using System.Text;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>Elsa's way of saying that a task is done, over the real pipeline.</summary>
public sealed class RunTaskTests
{
    private const string Password = "correct horse battery";
    private static CancellationToken Ct => HostApp.Ct;

    [Fact]
    public async Task A_task_is_completed_by_an_administrator_who_is_signed_in_and_by_nobody_else()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password, "admin");
        await app.UserAsync("lina", Password, "sales");
        var (admin, other) = (app.Browser(), app.Browser());
        await HostApp.SignInAsync(admin, "zhoumin", Password);
        await HostApp.SignInAsync(other, "lina", Password);
        const string Flow = """
            {"definitionId":"tasks","name":"tasks","isPublished":true,"root":{"id":"s","type":"Elsa.Sequence","activities":[
              {"id":"t","name":"t","type":"Elsa.RunTask","taskName":"Print"},
              {"id":"o","type":"Elsa.SetOutput","outputName":"said","outputValue":{"typeName":"Object","expression":{"type":"JavaScript","value":"getOutputFrom('t','Result').pages"} } }]} }
            """;
        (await app.Services.GetRequiredService<DefinitionAdministration>().ImportAsync(Actor.System, app.NewOperation(), Flow, Ct))
            .Value.IsPublished.ShouldBeTrue();
        var id = Guid.Empty;
        await app.DoAsync(async cmd => id = (await cmd.StartAsync("tasks", [], null, null, Ct)).Value);
        var instances = app.Services.GetRequiredService<InstanceAdministration>();
        var task = (await instances.GetAsync(Actor.System, id, Ct)).Value.Bookmarks.ShouldHaveSingleItem().Key;
        Task<HttpResponseMessage> Complete(HttpClient client, string type = "application/json", string body = """{"result":{"pages":3}}""",
            string? of = null) =>
            client.PostAsync($"/elsa/api/tasks/{of ?? task}/complete", new StringContent(body, Encoding.UTF8, type), Ct);

        (await Complete(app.Browser())).StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Redirect);
        (await Complete(other)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Complete(other, of: Guid.Empty.ToString())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Complete(admin, "text/plain")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await Complete(admin, body: "{")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Complete(admin, of: Guid.Empty.ToString())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Complete(admin)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Complete(admin)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var detail = (await instances.GetAsync(Actor.System, id, Ct)).Value;
        detail.Summary.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        detail.Outputs.ShouldHaveSingleItem().Value.ToText().ShouldBe("3");
    }

    [Fact]
    public async Task Definitions_go_out_as_a_zip_to_administrators_only()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password, "admin");
        await app.UserAsync("lina", Password, "sales");
        var (admin, other) = (app.Browser(), app.Browser());
        await HostApp.SignInAsync(admin, "zhoumin", Password);
        await HostApp.SignInAsync(other, "lina", Password);

        (await other.GetAsync("/admin/workflows.zip", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var zip = await admin.GetAsync("/admin/workflows.zip?id=settlement", Ct);
        zip.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        DefinitionArchive.Read("x.zip", await zip.Content.ReadAsByteArrayAsync(Ct)).Value.ShouldHaveSingleItem().Json.ShouldContain("\"settlement\"");
    }
}
