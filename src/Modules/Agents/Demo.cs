using System.Globalization;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Agents;

/// <summary>Rates of the demonstration: 5 % and up by product, and one agent with a rate of its own.</summary>
internal sealed class DemoFeeRates : IDemoData
{
    private static readonly Operation Operation = new("Agents.LoadDemoRates", Access.SystemOnly);

    public int Order => 210;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var result = await demo.Runtime.ExecuteAsync(Operation, Actor.System, DemoId.Of("operation:fee-rates"), payload: null, cmd =>
        {
            var from = new DateOnly(demo.Today.Year - 2, 1, 1);
            foreach (var (index, product) in DemoSales.Products.Index())
                cmd.Db.Add(Rate("all:" + product.Code, product.Code, null, 0.05m + 0.01m * (index % 4)));
            cmd.Db.Add(Rate("own:K9-06", "K9-06", DemoId.Party(DemoParties.Agents[0]), 0.09m));
            return Task.FromResult(Result.Ok);

            FeeRate Rate(string name, string product, Guid? agent, decimal rate) => new()
            {
                Id = DemoId.Of("fee-rate:" + name), ProductId = DemoSales.Product(product), AgentId = agent, Rate = rate, ValidFrom = from,
                CreatedBy = Guid.Empty, CreatedAt = cmd.Now, IsDemo = true,
            };
        }, ct);
        if (result.Problem is { } problem) throw new InvalidOperationException($"The demonstration's fee rates could not be loaded: {problem.Key}");
    }
}

/// <summary>
/// One settlement parked at every step, one returned, one refused, two booked, taken there by the demo people through the commands the pages use.
/// The last full quarter of every agent stays free: that is what a visitor submits. The larger size adds fifty of other agents: of ten, six are
/// booked, one is refused, one returned, two are parked.
/// </summary>
internal sealed class DemoSettlements : IDemoData
{
    private const int More = 50;
    private static readonly string[] Leaders = ["zhaohongyuan", "ouyangmiao"];

    public int Order => 300;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        async Task<Story> Begin(string name, int agent, int monthsBack, string? by = null)
        {
            var story = new Story(demo, name, ct);
            await story.SubmitAsync(DemoParties.Agent(agent), by ?? (agent switch { 0 => "wujianguo", 1 => "tanxiaoyun", _ => "zhoumin" }),
                monthsBack);
            return story;
        }

        var offset = await Begin("offset", 0, 12);
        await offset.ThroughInvoiceAsync(share: 1m);
        await offset.DecideAsync("hejing", "finance-decision", "Offset");

        var paid = await Begin("paid-back", 0, 10);
        await paid.ThroughInvoiceAsync(share: 0.86m);
        await paid.DecideAsync("hejing", "finance-decision", "PayBack");

        var invoice = await Begin("invoice", 0, 8);
        await invoice.ThroughSignaturesAsync(share: 0.86m);

        await Begin("review", 0, 6);

        var returned = await Begin("returned", 1, 12);
        await returned.DecideAsync("zhoumin", "commerce-review", "Return", "验收单缺公章，请补章后重新上传。其余资料齐全，不用再交。");

        var report = await Begin("report", 1, 9);
        await report.DecideAsync("zhoumin", "commerce-review", "Approve");

        var signature = await Begin("signature", 2, 9);
        await signature.ThroughReportAsync(share: 0.86m);
        await signature.SignFirstAsync();

        var receipt = await Begin("receipt", 3, 9);
        await receipt.ThroughSignaturesAsync(share: 0.93m);
        await receipt.SendInvoiceAsync("zhoumin");

        var finance = await Begin("finance", 4, 9);
        await finance.ThroughInvoiceAsync(share: 0.82m, invoiceBy: "zhoumin");

        var refused = await Begin("refused", 5, 9);
        await refused.DecideAsync("zhoumin", "commerce-review", "Refuse", "这几笔由总部直接服务，技术服务费不返还代理商。");

        if (demo.Size != DemoSize.Small) for (var i = 0; i < More; i++) await MoreAsync(i);

        async Task MoreAsync(int i)
        {
            var others = DemoParties.AgentsIn(demo.Size) - 6; // the first six have theirs
            var story = await Begin($"more-{i}", 6 + i % others, 9 + 4 * (i / others));
            var share = (80 + DemoValue.Pick("settlement", i, "share", 20)) / 100m;
            switch (i % 10)
            {
                case 6:
                    await story.DecideAsync("zhoumin", "commerce-review", "Refuse", "申请期间的服务由其他代理商完成。");
                    break;
                case 7:
                    await story.DecideAsync("zhoumin", "commerce-review", "Return", "少一份验收单，请补上。");
                    break;
                case 8 or 9:
                    await ParkAsync(story, (i / 10 + i) % 6, share);
                    break;
                default:
                    await story.ThroughInvoiceAsync(share, invoiceBy: "zhoumin");
                    await story.DecideAsync("hejing", "finance-decision", DemoValue.Of(["Offset", "PayBack"], "settlement", i, "decision"));
                    break;
            }
        }
    }

    /// <summary>Takes a submitted one to a step: 0 the review, 1 the report, 2 the signature, 3 the invoice, 4 its receipt, 5 finance.</summary>
    private static Task ParkAsync(Story story, int step, decimal share) => step switch
    {
        0 => Task.CompletedTask,
        1 => story.DecideAsync("zhoumin", "commerce-review", "Approve"),
        2 => story.ThroughReportAsync(share),
        3 => story.ThroughSignaturesAsync(share),
        4 => story.ThroughReceiptAsync(share),
        _ => story.ThroughInvoiceAsync(share, invoiceBy: "zhoumin"),
    };

    /// <summary>One settlement on its way, told in decisions.</summary>
    private sealed class Story(DemoContext demo, string name, CancellationToken ct)
    {
        private static readonly Operation Read = new("Agents.ReadDemo", Access.SystemOnly);
        private Guid _id;
        private int _requests;
        private static readonly HashSet<Guid> Small = [.. Enumerable.Range(0, DemoSales.LinesIn(DemoSize.Small)).Select(i => DemoId.Of($"sale:{i}"))];

        private Guid Operation() => DemoId.Of($"operation:{name}:{_requests++}");

        /// <summary>
        /// Free lines of the months before the last full quarter, a few of them; the small size's own are made of its own sales, so that it stays a
        /// prefix of the larger.
        /// </summary>
        public async Task SubmitAsync(Guid agentId, string by, int monthsBack)
        {
            var actor = await demo.ActorAsync(by, ct);
            var agent = actor.Kind == ActorKind.Agent ? (Guid?)null : agentId;
            var quarter = new DateOnly(demo.Today.Year, (demo.Today.Month - 1) / 3 * 3 + 1, 1).AddMonths(-3);
            var from = quarter.AddMonths(4 - monthsBack); // counted from the quarter, so that it holds in any month
            var to = from.AddMonths(2).AddDays(-1);
            List<Guid> lines = [];
            while (lines.Count == 0)
            {
                if (to >= quarter) throw new InvalidOperationException($"The demonstration has no free sale for {agentId} before {quarter}.");
                var free = await demo.Services.GetRequiredService<FreeLines>().ListAsync(actor, agent, from, to, ct);
                lines = free.Failed ? throw Refused(free.Problem!)
                    : [.. free.Value.Where(l => l.IsFree && (Small.Contains(l.SalesRecordId) || name.StartsWith("more-", StringComparison.Ordinal)))
                    .Take(5).Select(l => l.SalesRecordId)];
                if (lines.Count == 0) to = to.AddDays(10);
            }
            var draft = await demo.Services.GetRequiredService<SaveDraft>()
                .HandleAsync(actor, Operation(), null, null, new DraftContent(agent, from, to, lines, null), ct);
            if (draft.Failed) throw Refused(draft.Problem!);
            _id = draft.Value.Id;
            var submitted = await demo.Services.GetRequiredService<SubmitSettlement>().HandleAsync(actor, Operation(), _id, ct);
            if (submitted.Failed) throw Refused(submitted.Problem!);
        }

        public async Task ThroughReportAsync(decimal share)
        {
            await DecideAsync("zhoumin", "commerce-review", "Approve");
            var application = await ApplicationAsync();
            var data = application.Rules!.Questions.ToDictionary(q => $"score.{q.Key}", q =>
                (Value)decimal.Round(q.MaxScore * share, 0, MidpointRounding.AwayFromZero));
            data["comments"] = "服务及时，资料完整，客户回访评价良好。";
            await DecideAsync("chenli", "satisfaction-report", "Submit", data: data);
        }

        public async Task ThroughSignaturesAsync(decimal share)
        {
            await ThroughReportAsync(share);
            await SignFirstAsync();
            if ((await OpenAsync())?.ActivityId is "leaders-signature") await SignAsync(Leaders[1]);
        }

        public Task SignFirstAsync() => SignAsync(Leaders[0]);

        private async Task SignAsync(string leader) =>
            await DecideAsync(leader, (await OpenAsync())!.ActivityId, "Sign", "同意按报告返还。", signature: (await demo.ActorAsync(leader, ct)).Name);

        public async Task SendInvoiceAsync(string by)
        {
            var application = await ApplicationAsync();
            await DecideAsync(by, "invoice-entry", "Send", data: new()
            {
                ["number"] = $"2642000000{DemoValue.Pick("invoice", int.Parse(application.No![^4..], CultureInfo.InvariantCulture), "number", 1_000_000_000):0000000000}",
                ["issuedOn"] = demo.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["amount"] = application.ReturnAmount!.Value,
                    ["courier"] =
                    $"SF{DemoValue.Pick("invoice", int.Parse(application.No![^4..], CultureInfo.InvariantCulture), "courier", 1_000_000_000):0000000000}",
            });
        }

        public async Task ThroughReceiptAsync(decimal share)
        {
            await ThroughSignaturesAsync(share);
            await SendInvoiceAsync("zhoumin");
        }

        public async Task ThroughInvoiceAsync(decimal share, string invoiceBy = "wujianguo")
        {
            await ThroughSignaturesAsync(share);
            await SendInvoiceAsync(invoiceBy);
            var support = await demo.ActorAsync("chenli", ct);
            var scan = await demo.Services.GetRequiredService<UploadAttachment>()
                .HandleAsync(support, SettlementScope.Subject, _id, "invoice-scan", "发票扫描件.pdf", new MemoryStream(Pdf), Operation(), ct);
            if (scan.Failed) throw Refused(scan.Problem!);
            await DecideAsync("chenli", "invoice-receipt", "Confirm",
                data: new() { ["receivedOn"] = demo.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });
        }

        public async Task DecideAsync(string login, string activity, string outcome, string? opinion = null, string? signature = null,
            Dictionary<string, Value>? data = null)
        {
            var open = await OpenAsync();
            if (open?.ActivityId != activity)
                throw new InvalidOperationException($"The demonstration settlement '{name}' is at '{open?.ActivityId}', not at '{activity}'.");
            var actor = await demo.ActorAsync(login, ct);
            var view = await demo.Services.GetRequiredService<TaskPage>().HandleAsync(actor, open.Id, ct);
            if (view.Failed) throw Refused(view.Problem!);
            var request = new CompleteTaskRequest(open.Id, view.Value.Info.Revision, Operation(), outcome) { Opinion = opinion, Signature = signature,
                Data = data ?? [] };
            var done = await demo.Services.GetRequiredService<CompleteTask>().HandleAsync(actor, request, ct);
            if (done.Problem is { } problem) throw Refused(problem);
        }

        private async Task<SubjectTask?> OpenAsync() =>
            (await demo.Runtime.ReadAsync<SubjectTask?>(Read, Actor.System, async db =>
                (await db.TasksOfAsync(SettlementScope.Subject, _id, ct)).Find(t => t.ClosedAt is null), ct)).Value;

        private async Task<SettlementApplication> ApplicationAsync() =>
            (await demo.Runtime.ReadAsync<SettlementApplication>(Read, Actor.System, async db =>
                await db.All<SettlementApplication>().AsNoTracking().SingleAsync(a => a.Id == _id, ct), ct)).Value;

        private InvalidOperationException Refused(Problem problem) =>
            new($"The demonstration settlement '{name}' was refused: {problem.Key} {string.Join(", ", problem.Args)}");

        private static byte[] Pdf => [
            .. "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"u8];
    }
}
