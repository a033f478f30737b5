using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>A form made in the designer: the step lists its fields, no module helps.</summary>
public sealed class StepFieldsTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _liu = null!, _zhou = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _liu = await _app.StaffAsync("liuyang", "刘洋");
        _zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce"]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static JsonObject Field(string name, string label, string type, params (string Name, JsonNode Value)[] more)
    {
        var field = new JsonObject { ["name"] = name, ["label"] = label, ["type"] = type };
        foreach (var (key, value) in more) field[key] = value;
        return field;
    }

    private static JsonObject Step(string id, string name, JsonArray actions, JsonArray people, params JsonNode[] fields)
    {
        var step = Flow.Step(id, name, actions, ("users", people));
        step.Remove("form");
        step["fields"] = new JsonArray([.. fields.Select(f => f.DeepClone())]);
        return step;
    }

    private static readonly JsonObject Days = Field("days", "请假天数", "number", ("required", true), ("labelEn", "Days"));
    private static readonly JsonObject Kind = Field("kind", "类别", "choice", ("choices", new JsonArray("年假", "事假")));

    [Fact]
    public async Task What_is_filled_in_is_checked_becomes_variables_and_is_shown_to_the_next()
    {
        var instance = await _app.RunAsync(_liu, null,
            Step("apply", "请假申请", Flow.Submit, ["liuyang"], Days, Kind),
            Step("review", "主管审批", Flow.ApproveOrRefuse, ["zhoumin"], Field("days", "请假天数", "number", ("readOnly", true)),
                Field("note", "批注", "text")));

        (await _app.TaskAsync(_liu)).Fields.Select(f => (f.Key, f.Text, f.Kind))
            .ShouldBe([("days", "请假天数", FieldKind.Number), ("kind", "类别", FieldKind.Choice)]);
        (await _app.DecideAsync(_liu, "Submit"))!.Field.ShouldBe("days");
        (await _app.DecideAsync(_liu, "Submit", data: [("days", 3), ("kind", "病假")]))!.Field.ShouldBe("kind");
        (await _app.DecideAsync(_liu, "Submit", data: [("days", 3), ("kind", "年假")])).ShouldBeNull();

        var review = await _app.TaskAsync(_zhou);
        review.Fields.Single(f => f.Key == "days").Mode.ShouldBe(FieldMode.Read);
        review.Values["days"].ToDecimal().ShouldBe(3);
        (await _app.DecideAsync(_zhou, "Approve", data: [("days", 30), ("note", "同意")])).ShouldBeNull();
        (await _app.RecordedAsync(instance, "decision1"))[^1]["data"].Members.Keys.ShouldBe(["note"]); // a read-only field is not taken from the page
    }

    [Theory]
    [InlineData("text", FieldKind.Text, 1, null)]
    [InlineData("multiline", FieldKind.Text, 4, null)]
    [InlineData("number", FieldKind.Number, 1, null)]
    [InlineData("money", FieldKind.Money, 1, null)]
    [InlineData("date", FieldKind.Date, 1, null)]
    [InlineData("datetime", FieldKind.Instant, 1, null)]
    [InlineData("boolean", FieldKind.Boolean, 1, null)]
    [InlineData("email", FieldKind.Text, 1, "email")]
    public async Task A_kind_of_field_is_read_as_published_definitions_spell_it(string type, FieldKind kind, int lines, string? format)
    {
        await _app.RunAsync(_liu, null, Step("apply", "请假申请", Flow.Submit, ["liuyang"], Field("given", "填写", type)));
        (await _app.TaskAsync(_liu)).Fields.Select(f => (f.Key, f.Kind, f.Lines, f.Format)).ShouldBe([("given", kind, lines, format)]);
        StepField.Types.ShouldContain(type);
    }

    [Theory]
    [InlineData("1st", "number")]
    [InlineData("请假", "number")]
    [InlineData("days", "picture")]
    [InlineData("kind", "choice")]
    public async Task A_field_that_cannot_work_is_refused_at_publish_by_its_name(string name, string type)
    {
        var step = Step("apply", "请假申请", Flow.Submit, ["liuyang"], Field(name, "天数", type));
        var problems = CompiledWorkflow.Compile(WorkflowDefinition.Parse(Flow.Of("test", step)), "", _app.Get<ActivityCatalog>()).Problems;
        problems.Single(p => p.IsError)
            .ShouldSatisfyAllConditions(p => p.Code.ShouldBe("tasks.definition.field"), p => p.Args.ShouldBe(["请假申请", "天数"]));
        await Task.CompletedTask;
    }
}
