using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Care;

/// <summary>
/// First visits in every state, reminders of the sources this module has, care plans with their audiences, and what was done by them: through the
/// commands the pages use.
/// </summary>
internal sealed class DemoCare : IDemoData
{
    private static readonly Operation Start = new("Care.StartDemoVisits", Access.SystemOnly);
    private static readonly Operation Read = new("Care.ReadDemo", Access.SystemOnly);
    /// <summary>First visits and care records of the small size, and of the larger.</summary>
    private const int Visits = 14, ManyVisits = 100, Records = 24, ManyRecords = 200, ManyReminders = 42;

    public int Order => 320;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var (commerce, support, sales) =
            (await demo.ActorAsync("zhoumin", ct), await demo.ActorAsync("chenli", ct), await demo.ActorAsync("liuyang", ct));
        await VisitsAsync(demo, support, ct);
        await PlansAsync(demo, commerce, ct);
        await RecordsAsync(demo, [commerce, support], ct);
        await RemindersAsync(demo, commerce, support, sales, ct);
    }

    private static readonly (string Outcome, int Satisfaction)[] Made =
        [("安装顺利，培训了 3 个人，都会用了", 5), ("已能正常出图，打印偏移问题现场解决", 4), ("数据还没导完，约好下周再帮一次", 3), ("加密狗有一只认不出来，客户着急", 2), ("使用正常，想了解三维模块", 5)];

    /// <summary>
    /// The latest sales of the demonstration start the process as a saved sale does; some visits are made, one is put off, one was given up, the
    /// others wait. Those of the small size come first.
    /// </summary>
    private static async Task VisitsAsync(DemoContext demo, Actor support, CancellationToken ct)
    {
        var small = Enumerable.Range(0, DemoSales.LinesIn(DemoSize.Small)).Select(i => DemoId.Of($"sale:{i}")).ToHashSet();
        var sales = (await demo.Runtime.ReadAsync<List<Guid>>(Read, Actor.System, async db =>
            await db.All<SalesRecord>().Where(s => s.IsDemo && s.SaleDate < demo.Today).OrderByDescending(s => s.SaleDate).ThenBy(s => s.Id)
                .Select(s => s.Id).ToListAsync(ct), ct)).Value;
        await VisitsAsync("first-visits", [.. sales.Where(small.Contains).Take(Visits)], Made.Length);
        if (demo.Size != DemoSize.Small) await VisitsAsync("more-first-visits", [.. sales.Where(s => !small.Contains(s)).Take(ManyVisits - Visits)],
            (ManyVisits - Visits) * 3 / 5);

        async Task VisitsAsync(string kind, List<Guid> latest, int made)
        {
            await demo.AddAsync(Start, kind, 0, latest.Count, async (cmd, i) =>
                await cmd.SaleSavedAsync(await cmd.Db.All<SalesRecord>().SingleAsync(s => s.Id == latest[i], ct), RecordChange.Created, ct), ct);
            var waiting = (await demo.Runtime.ReadAsync<List<(Guid Visit, Guid Instance, Guid Task)>>(Read, Actor.System, async db =>
            {
                var orders = await db.All<SalesRecord>().Where(s => latest.Contains(s.Id)).Select(s => s.SaleOrderNo).ToListAsync(ct);
                var visits = await db.All<FirstVisit>().Where(v => orders.Contains(v.SaleOrderNo) && v.State == FirstVisitState.Waiting)
                    .OrderByDescending(v => v.SaleDate).ThenBy(v => v.SaleOrderNo).ToListAsync(ct);
                var tasks = await db.OpenTasksAsync(FirstVisitScope.Subject, visits.ConvertAll(v => v.Id), ct);
                return visits.Where(v => tasks[v.Id].Any()).Select(v => (v.Id, v.InstanceId, tasks[v.Id].First().Id)).ToList();
            }, ct)).Value;
            foreach (var (index, visit) in Enumerable.Reverse(waiting).Take(made).Index())
            {
                var (outcome, satisfaction) = Made[index % Made.Length];
                await DecideAsync(demo, support, visit.Task, "Complete",
                    new() { ["isCompleted"] = true, ["visitor"] = support.Name, ["visitedOn"] = CareMorning.Iso(demo.Today),
                    ["visitedTime"] = "00:00", ["outcome"] = outcome,
                    ["satisfaction"] = satisfaction.ToString(System.Globalization.CultureInfo.InvariantCulture) }, ct);
            }
            await DecideAsync(demo, support, waiting[1].Task, "Postpone", new() { ["nextOn"] = CareMorning.Iso(demo.Today.AddDays(5)) }, ct);
            Must(await demo.Services.GetRequiredService<InstanceAdministration>()
                .CancelAsync(await demo.ActorAsync("admin", ct), DemoId.Of($"operation:{kind}:given-up"), waiting[2].Instance, "客户退货，不用首访", ct));
        }
    }

    private static async Task DecideAsync(DemoContext demo, Actor actor, Guid task, string outcome, Dictionary<string, Value> data,
        CancellationToken ct)
    {
        var view = await demo.Services.GetRequiredService<TaskPage>().HandleAsync(actor, task, ct);
        if (view.Problem is { } unseen) throw Refused(unseen);
        Must(await demo.Services.GetRequiredService<CompleteTask>()
            .HandleAsync(actor,
            new CompleteTaskRequest(task, view.Value.Info.Revision, DemoId.Of($"operation:visit:{task}"), outcome) { Data = data }, ct));
    }

    private static async Task PlansAsync(DemoContext demo, Actor commerce, CancellationToken ct)
    {
        var audience = Must(await demo.Services.GetRequiredService<SaveAudience>()
            .HandleAsync(commerce, DemoId.Of("operation:audience"), null, 0, "有邮箱的客户", new AudienceFilter { OnlyWithEmail = true }, ct));
        CarePlanInput[] plans =
        [
            new("生日祝福", CareOccasionKind.Birthday, "birthday", "mail") { Subject = "{姓名}，生日快乐",
                Body = "{称呼}：\n\n祝你生日快乐，身体健康，工作顺利。\n\n感谢{客户}一直以来的信任。\n\nCrmFlow 演示公司", IsActive = true },
            new("成立周年庆", CareOccasionKind.Founding, "founding", "letter") { LeadDays = 5, IsActive = true },
            new("中秋祝福", CareOccasionKind.Festival, "festival", "mail") { FestivalKey = "mid-autumn", AudienceId = audience, Subject = "{日子}快乐",
                Body = "{称呼}：\n\n{日子}到了，祝你和家人团圆安康。\n\nCrmFlow 演示公司", IsActive = true },
            new("春节拜年", CareOccasionKind.Festival, "festival", "call") { FestivalKey = "spring-festival", AudienceId = audience, LeadDays = 3,
                IsActive = true },
            new("季度产品推介", CareOccasionKind.Regular, "promotion", "mail") { StartOn = new DateOnly(demo.Today.Year, demo.Today.Month, 1).AddMonths(1),
                EveryMonths = 3, AudienceId = audience, Subject = "K9 新功能", Body = "{称呼}：\n\n这一季 K9 有三项新功能，欢迎试用。\n\nCrmFlow 演示公司" },
        ];
        foreach (var input in plans) Must(await demo.Services.GetRequiredService<SaveCarePlan>()
            .HandleAsync(commerce, DemoId.Of($"operation:care-plan:{input.Name}"), null, 0, input, ct));

        // A plan tried on one customer today: its process begins as soon as the pump runs, and somebody is asked to call.
        var trial = new CarePlanInput("老客户问候", CareOccasionKind.Regular, "greeting", "call") { StartOn = demo.Today, EveryMonths = 6 };
        var plan = Must(await demo.Services.GetRequiredService<SaveCarePlan>()
            .HandleAsync(commerce, DemoId.Of($"operation:care-plan:{trial.Name}"), null, 0, trial, ct));
        await demo.AddAsync(Start, "care-occasions", 0, 1, (cmd, i) =>
        {
            var (id, party) = (DemoId.Of($"care-occasion:{i}"), DemoParties.Customer(3));
            cmd.Db.Add(new CareOccasion
            {
                Id = id, Key = $"plan:{plan:N}:{party:N}:{CareMorning.Iso(demo.Today)}", PlanId = plan, Kind = trial.Occasion, Name = trial.Name!,
                CareType = trial.CareType!, Method = trial.Method!, PartyId = party, On = demo.Today, PlannedAt = demo.Now, IsDemo = true,
            });
            cmd.Schedule(BeginOccasion.Kind, id.ToString(), cmd.Now, Value.Null);
            return Task.CompletedTask;
        }, ct);
    }

    /// <summary>What was done in the months before, written down by who did it.</summary>
    private static async Task RecordsAsync(DemoContext demo, Actor[] people, CancellationToken ct)
    {
        (string Type, string Method, string Remarks)[] done = [("birthday", "mail", "邮件：生日快乐"), ("greeting", "call", "电话问候，近况良好，年底有扩容打算"),
            ("festival", "sms", "端午问候"), ("gift", "gift", "送台历一本"), ("promotion", "mail", "推介三维模块"), ("greeting", "visit", "路过拜访，看了机房")];
        var time = demo.Services.GetRequiredService<BusinessTime>();
        await demo.AddAsync(Start, "care-records", 0, demo.Size == DemoSize.Small ? Records : ManyRecords, async (cmd, i) =>
        {
            var customer = DemoParties.Customer(i < Records ? i : DemoParties.CustomerIndex("care-record", i, Records));
            var contact = await cmd.Db.All<Contact>().Where(c => c.PartyId == customer).OrderBy(c => c.Id).Select(c => new { c.Id, c.Name })
                .FirstOrDefaultAsync(ct);
            var name = contact?.Name ?? await cmd.Db.All<Party>().Where(p => p.Id == customer).Select(p => p.Name).SingleAsync(ct);
            var ((type, method, remarks), by, on) = (done[i % done.Length], people[i % people.Length],
                demo.Today.AddDays(i < Records ? -3 - 5 * i : -3 - DemoValue.Pick("care-record", i, "day", 700)));
            var record = new CareRecord { Id = DemoId.Of($"care-record:{i}"), PartyId = customer, ContactId = contact?.Id, TargetName = name,
                CaredAt = on, CareType = type, CareMethod = method, PerformedBy = by.Name, Remarks = remarks, IsDemo = true };
            record.EnteredBy(by.UserId, time.At(on, new TimeOnly(17, 0)));
            cmd.Db.Add(record);
        }, ct);
    }

    private static async Task RemindersAsync(DemoContext demo, Actor commerce, Actor support, Actor sales, CancellationToken ct)
    {
        var send = demo.Services.GetRequiredService<SendReminder>();
        async Task<Guid> Remind(Actor from, string content, string target, string type, int customer, int? expectedInDays = null, int? inDays = null,
            bool online = false) =>
            Must(await send.HandleAsync(from, DemoId.Of($"operation:reminder:{content}"), new ReminderInput(content, target, type)
            {
                PartyId = DemoParties.Customer(customer), ExpectedBy = expectedInDays is { } d ? demo.Now.AddDays(d) : null,
                RequestedAt = inDays is { } later ? demo.Now.AddDays(later) : null, IsOnline = online,
            }, ct));

        var (chenli, zhoumin, liuyang) = (Principal.User(support.UserId), Principal.User(commerce.UserId), Principal.User(sales.UserId));
        await Remind(commerce, "客户问升级后能不能保留旧工程文件，回个电话", chenli, "call-back", 3, expectedInDays: 1);
        await Remind(commerce, "把培训资料寄给客户", Principal.Department("support"), "documents", 7, expectedInDays: 3);
        await Remind(support, "客户想要三维模块的报价", liuyang, "follow-up", 12, expectedInDays: 2);
        await Remind(support, "尾款到期，和客户确认付款日", zhoumin, "payment", 18, expectedInDays: 6);
        await Remind(commerce, "年度回访前看一下客户去年的投诉", chenli, "follow-up", 21, expectedInDays: 12, inDays: 9);
        await Remind(commerce, "客户在线等，升级后打不开工程", chenli, "call-back", 5, online: true);
        var solved = await Remind(commerce, "客户要一份产品彩页", chenli, "documents", 9, expectedInDays: 4);
        Must(await demo.Services.GetRequiredService<AnswerReminder>()
            .HandleAsync(support, DemoId.Of("operation:reminder-solved"), solved, ReminderAnswer.Resolve, "已用邮件发给客户", ct));

        (string Content, string Type)[] more =
            [("客户要新版本的安装包", "documents"), ("问加密狗能不能换一只", "call-back"), ("合同到期前联系一次", "follow-up"), ("确认上门培训的日期", "follow-up"), ("催一下首付款", "payment")];
        Actor[] people = [commerce, support, sales];
        await demo.AddAsync(Start, "reminders", 0, demo.Size == DemoSize.Small ? 0 : ManyReminders, (cmd, i) =>
        {
            var ((content, type), from, to) = (DemoValue.Of(more, "reminder", i, "content"), people[i % 3], people[(i + 1) % 3]);
            var at = demo.Now.AddHours(-1 - DemoValue.Pick("reminder", i, "hours", 300));
            var reminder = new CustomerReminder
            {
                Id = DemoId.Of($"reminder:{i}"), PartyId = DemoParties.Customer(DemoParties.CustomerIndex("reminder", i, 0)), RequestedBy = from.Name,
                RequestedAt = at, ExpectedBy = at.AddDays(1 + DemoValue.Pick("reminder", i, "expected", 6)),
                Content = content, Target = Principal.User(to.UserId), ReminderType = type, IsDemo = true,
            };
            if (DemoValue.Pick("reminder", i, "solved", 3) == 0) reminder.Resolve(to, "办好了", at.AddMinutes(40));
            reminder.EnteredBy(from.UserId, at);
            cmd.Db.Add(reminder);
            return Task.CompletedTask;
        }, ct);
    }

    private static T Must<T>(Result<T> result) => result.Problem is { } problem ? throw Refused(problem) : result.Value;

    private static void Must(Result result)
    {
        if (result.Problem is { } problem) throw Refused(problem);
    }

    private static InvalidOperationException Refused(Problem problem) =>
        new($"The demonstration of care was refused: {problem.Key} {string.Join(", ", problem.Args)}");
}
