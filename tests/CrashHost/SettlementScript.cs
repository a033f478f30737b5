using System.Globalization;
using System.Text.Json;
using CrmFlow.Agents;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.CrashHost;

/// <summary>
/// One settlement from draft to ledger as its people's clients would send it. A client keeps each request (ids and all) before it sends it and sends
/// the very same one again until it is answered; answers are kept too. So a killed server is met by the same requests after its restart.
/// </summary>
internal sealed class SettlementScript(CrashApp app, string folder)
{
    public const string Approver = "zhoumin", Support = "chenli", Leader = "zhaohongyuan", SecondLeader = "ouyangmiao", Finance = "hejing",
        Agent = "wujianguo";

    /// <summary>
    /// Also asks again what was answered long ago; otherwise only the last answered request is repeated, as a client does that never saw its answer.
    /// </summary>
    public bool AskAgain { get; init; }

    /// <summary>The step under way, for whoever names a crash point.</summary>
    public string Step { get; private set; } = "";

    public static string AnswersIn(string folder) => Path.Combine(folder, "answers.txt");
    public static Guid OperationOf(string step) => DemoId.Of("crash:" + step);

    /// <summary>Every step in order; a request asked again must give the answer it gave.</summary>
    public async Task RunAsync()
    {
        var agent = await app.ActorAsync(Agent);
        var sales = await RequestAsync("choose-lines", async () => await ChooseAsync(agent));
        var draft = await AnswerAsync("draft", () => app.Get<Agents.SaveDraft>().HandleAsync(agent, OperationOf("draft"), null, null,
            new DraftContent(null, sales.From, sales.To, sales.Ids, null), default), d => d.Id.ToString());
        var id = Guid.Parse(draft);
        await AnswerAsync("submit", () => app.Get<SubmitSettlement>().HandleAsync(agent, OperationOf("submit"), id, default), s => s.No);

        await ClaimAsync("claim-review", Approver, id, "commerce-review");
        await DecideAsync("review", Approver, id, "commerce-review", "Approve");
        await DecideAsync("report", Support, id, "satisfaction-report", "Submit", await ScoresAsync(id), "服务及时");
        var amount = await app.ReadAsync(db =>
            db.Set<SettlementApplication>().Where(a => a.Id == id).Select(a => a.ReturnAmount!.Value).SingleAsync());
        if (amount < 10_000) throw new InvalidOperationException("The script wants a settlement two leaders sign; choose more lines.");
        await DecideAsync("sign-first", Leader, id, null, "Sign", signature: "赵宏远");
        await DecideAsync("sign-second", SecondLeader, id, null, "Sign", signature: "欧阳淼");
        await DecideAsync("invoice", Agent, id, "invoice-entry", "Send", new()
        {
            ["number"] = "25420000000012345678", ["issuedOn"] = app.Get<BusinessTime>().Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["amount"] = amount, ["courier"] = "SF1234567890",
        });
        await AttachScanAsync(id);
        await DecideAsync("receipt", Support, id, "invoice-receipt", "Confirm",
            new() { ["receivedOn"] = app.Get<BusinessTime>().Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });
        await DecideAsync("finance", Finance, id, "finance-decision", "Offset");

        Step = "pump";
        await app.Get<DuePump>().RunDueAsync(default);
        await app.Get<OutboxDelivery>().DeliverAsync(default);
    }

    private async Task<Lines> ChooseAsync(Actor agent)
    {
        var today = app.Get<BusinessTime>().Today;
        var (from, to) = (today.AddDays(-366), today);
        var free = await app.Get<FreeLines>().ListAsync(agent, null, from, to, default);
        if (free.Failed) throw new InvalidOperationException(free.Problem!.Key);
        return new Lines(from, to, free.Value.Where(l => l.IsFree).Select(l => l.SalesRecordId).ToList());
    }

    private Task<Dictionary<string, Value>> ScoresAsync(Guid id) => app.ReadAsync(async db =>
    {
        var rules = (await db.Set<SettlementApplication>().AsNoTracking().SingleAsync(a => a.Id == id)).Rules!;
        var data = rules.Questions.ToDictionary(q => $"score.{q.Key}", q => (Value)q.MaxScore);
        data["comments"] = "全部及时完成";
        return data;
    });

    private async Task AttachScanAsync(Guid id)
    {
        Step = "scan";
        byte[] pdf = [.. "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"u8];
        var support = await app.ActorAsync(Support);
        await AnswerAsync("scan", () => app.Get<UploadAttachment>().HandleAsync(support, SettlementScope.Subject, id, "invoice-scan", "发票.pdf",
            new MemoryStream(pdf), OperationOf("scan"), default), a => a.Id.ToString());
    }

    private async Task ClaimAsync(string step, string login, Guid subject, string activity)
    {
        var actor = await app.ActorAsync(login);
        var task = await RequestAsync(step, () => OpenTaskAsync(actor, subject, activity));
        await AnswerAsync(step, async () => Unit(await app.Get<ClaimTask>().HandleAsync(actor, task.Id, OperationOf(step), default)), _ => "ok");
    }

    private async Task DecideAsync(string step, string login, Guid subject, string? activity, string outcome, Dictionary<string, Value>? data = null,
        string? opinion = null, string? signature = null)
    {
        var actor = await app.ActorAsync(login);
        var task = await RequestAsync(step, () => OpenTaskAsync(actor, subject, activity));
        var request = new CompleteTaskRequest(task.Id, task.Revision, OperationOf(step), outcome) { Opinion = opinion, Signature = signature,
            Data = data ?? [] };
        await AnswerAsync(step, async () => Unit(await app.Get<CompleteTask>().HandleAsync(actor, request, default)), _ => "ok");
    }

    private Task<OpenTask> OpenTaskAsync(Actor actor, Guid subject, string? activity) => app.ReadAsync(async db =>
    {
        var open = await db.Set<UserTask>()
            .Where(t => t.SubjectId == subject && t.State == TaskState.Open && (activity == null || t.ActivityId == activity)).ToListAsync();
        return open is [var task] ? new OpenTask(task.Id, task.Revision)
            : throw new InvalidOperationException($"{actor.Name} at {Step}: {open.Count} open tasks");
    });

    private static Result<bool> Unit(Result result) => result.Problem is { } problem ? problem : true;

    /// <summary>What the client decided to send: read once, then the same for ever.</summary>
    private async Task<T> RequestAsync<T>(string step, Func<Task<T>> read)
    {
        Step = step;
        var file = Path.Combine(folder, "requests.txt");
        var kept = DurableFile.Read(file).FirstOrDefault(l => l.StartsWith(step + " ", StringComparison.Ordinal));
        if (kept is not null) return JsonSerializer.Deserialize<T>(kept[(step.Length + 1)..])!;
        var request = await read();
        DurableFile.Append(file, $"{step} {JsonSerializer.Serialize(request)}");
        return request;
    }

    /// <summary>Sends, checks against an answer given before the crash, and keeps the answer.</summary>
    private async Task<string> AnswerAsync<T>(string step, Func<Task<Result<T>>> send, Func<T, string> short_)
    {
        Step = step;
        var answers = DurableFile.Read(AnswersIn(folder));
        var before = answers.FirstOrDefault(l => l.StartsWith(step + " ", StringComparison.Ordinal));
        if (before is not null && before != answers[^1] && !AskAgain) return before[(step.Length + 1)..];
        var result = await send();
        if (result.Problem is { } problem)
            throw new InvalidOperationException($"{step} was refused: {problem.Key} {string.Join(", ", problem.Args)}");
        var answer = short_(result.Value);
        if (before is null) DurableFile.Append(AnswersIn(folder), $"{step} {answer}");
        else if (before != $"{step} {answer}")
            throw new InvalidOperationException($"{step} answered '{before}' before the crash and '{answer}' after it.");
        return answer;
    }

    private sealed record Lines(DateOnly From, DateOnly To, List<Guid> Ids);
    private sealed record OpenTask(Guid Id, int Revision);
}
