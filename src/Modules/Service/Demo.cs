using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Service;

/// <summary>What happened with customers in the two years before: interactions, visits, services and hotline calls.</summary>
internal sealed class DemoRecords : IDemoData
{
    private static readonly Operation Operation = new("Service.LoadDemoRecords", Access.SystemOnly);
    private const int Interactions = 480, Visits = 160, Services = 150, Calls = 110, Days = 700;
    private static readonly string[] Staff = ["sunxiaomei", "wusiyuan", "huangxue", "chenli", "liuyang"];
    internal static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马"],
        Givens = ["建国", "晓梅", "志强", "淼", "喆", "丽华", "海涛", "思远", "文静", "立新"];
    private static readonly string[] Asked = ["问新版本什么时候发布", "要培训资料", "咨询加密狗更换办法", "希望增加批量打印", "询问升级价格", "反映图层加载慢", "约下周上门时间", "问数据转换工具怎么用"];
    private static readonly string[] Found = ["使用正常，暂时没有问题", "等新版本发布再升级", "希望加快响应", "对上次服务满意", "有扩容计划，明年预算", "操作人员换了，需要培训"];
    private static readonly string[] Done = ["重装许可服务，客户确认可用", "现场培训 6 人，签到表已收", "升级到最新版本，数据核对无误", "更换加密狗并登记新狗号", "排查打印偏移，调整纸张设置"];
    private static readonly string[] Problems = ["许可丢失，打不开软件", "数据转换报错", "打印出来整体偏移", "升级后崩溃", "忘记管理员口令", "服务器换地址后连不上"];

    public int Order => 310;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        // Of the thousand-customer size: 8,000 in all, as many of each kind in proportion.
        var (interactions, visits, services, calls) = demo.Size == DemoSize.Small ? (Interactions, Visits, Services, Calls)
            : (4_270, 1_420, 1_330, 980);
        var (book, time) = (new[] { "Install", "Training", "Repair", "Upgrade", "Inspection" }, demo.Services.GetRequiredService<BusinessTime>());
        await demo.AddAsync(Operation, "interactions", 0, interactions, async (cmd, i) =>
        {
            var at = At("interaction", i);
            cmd.Db.Add(new Interaction
            {
                Id = DemoId.Of($"interaction:{i}"), No = await cmd.NextNumberAsync("interaction", Service.Interactions.NumberPattern,
                    time.DateOf(at).Year, ct), CustomerId = Customer("interaction", i), At = at,
                    Content = DemoValue.Of(Asked, "interaction", i, "content"), ContactName = Person("interaction", i),
                Phone = Phone("interaction", i),
                Direction = (InteractionDirection)DemoValue.Pick("interaction", i, "direction", 2),
                Category = (InteractionCategory)(DemoValue.Pick("interaction", i, "category", 8) switch { 0 => 2, 1 or 2 => 3, _ => 0 }),
                Importance = (InteractionImportance)(DemoValue.Pick("interaction", i, "importance", 10) switch { 0 => 2, < 3 => 1, _ => 0 }),
                Status = DemoValue.Pick("interaction", i, "status", 12) switch { 0 => InteractionStatus.Pending, 1 => InteractionStatus.InHand, _ =>
                    InteractionStatus.Done }, IsDemo = true,
            }.By(Who("interaction", i), at));
        }, ct);
        await demo.AddAsync(Operation, "visits", 0, visits, (cmd, i) => Add(cmd, new FollowUpVisit
        {
            Id = DemoId.Of($"visit:{i}"), CustomerId = Customer("visit", i), At = At("visit", i),
            Nature = DemoValue.Of(["BusinessContact", "ServiceFeedback", "ServiceFollowUp", "Quotation"], "visit", i, "nature"),
            VisitorId = Who("visit", i), Respondent = Person("visit", i),
            Phone = Phone("visit", i), Method = DemoValue.Of(["Phone", "OnSite", "Message"], "visit", i, "method"), Content = "了解使用情况和新的需求",
            Result = DemoValue.Of(Found, "visit", i, "result"), IsCompleted = DemoValue.Pick("visit", i, "completed", 10) > 0, IsDemo = true,
        }.By(Who("visit", i), At("visit", i))), ct);
        await demo.AddAsync(Operation, "services", 0, services, (cmd, i) => Add(cmd, new ServiceRecord
        {
            Id = DemoId.Of($"service:{i}"), CustomerId = Customer("service", i), At = At("service", i),
            EndedAt = At("service", i).AddHours(2 + DemoValue.Pick("service", i, "hours", 6)), ServiceType = DemoValue.Of(book, "service", i, "type"),
            ServiceTarget = DemoValue.Of(DemoSales.Products, "service", i, "product").Name,
            Location = "客户机房", EngineerId = Who("service", i), FeeReceivable = 300m * DemoValue.Pick("service", i, "fee", 8),
            FeeReceived = 300m * DemoValue.Pick("service", i, "fee", 8), ContactName = Person("service", i), ContactInfo = Phone("service", i),
            CompletionNotes = DemoValue.Of(Done, "service", i, "notes"), IsDemo = true,
        }.By(Who("service", i), At("service", i))), ct);
        await demo.AddAsync(Operation, "calls", 0, calls, (cmd, i) => Add(cmd, new HotlineRecord
        {
            Id = DemoId.Of($"call:{i}"), CustomerId = Customer("call", i), At = At("call", i), ServedBy = Who("call", i),
            Method = DemoValue.Of(["Phone", "Remote", "Forward"], "call", i, "method"), Problem = DemoValue.Of(Problems, "call", i, "problem"),
            Solution = DemoValue.Pick("call", i, "resolved", 8) > 0 ? "按知识库步骤处理，客户确认" : null,
            IsResolved = DemoValue.Pick("call", i, "resolved", 8) > 0, ContactName = Person("call", i), CallerNumber = Phone("call", i),
            IsDemo = true,
        }.By(Who("call", i), At("call", i))), ct);

        DateTimeOffset At(string entity, int i) => time.At(demo.Today.AddDays(-1 - DemoValue.Pick(entity, i, "day", Days)),
            new TimeOnly(9 + DemoValue.Pick(entity, i, "hour", 8), DemoValue.Pick(entity, i, "minute", 60)));
        static Guid Who(string entity, int i) => DemoId.User(DemoValue.Of(Staff, entity, i, "staff"));
        static Task Add(Command cmd, CustomerRecord record) { cmd.Db.Add(record); return Task.CompletedTask; }
    }

    internal static Guid Customer(string entity, int i) => DemoParties.Customer(DemoParties.CustomerIndex(entity, i,
        entity switch { "interaction" => Interactions, "visit" => Visits, "service" => Services, "call" => Calls, _ => DemoComplaints.Count }));
    internal static string Person(string entity, int i) => DemoValue.Of(Surnames, entity, i, "surname") + DemoValue.Of(Givens, entity, i, "given");
    internal static string Phone(string entity, int i) => $"027-8{DemoValue.Pick(entity, i, "phone", 10_000_000):0000000}";
}

/// <summary>
/// Complaints in every state: past ones as records, open ones on the shipped process, taken where they are by the demo people through the commands
/// the pages use.
/// 55 % closed, 10 % reopened once, one in twenty-four in one sitting (C-01). Each came up in an interaction, entered by whoever took the call.
/// </summary>
internal sealed class DemoComplaints : IDemoData
{
    private static readonly Operation Operation = new("Service.LoadDemoComplaints", Access.SystemOnly);
    /// <summary>Of the small size; the larger has 160.</summary>
    internal const int Count = 24;
    private static readonly string[] Product = ["许可丢失", "数据转换错误", "打印偏移", "升级后崩溃"], Services = ["响应慢", "上门失约", "发票错误"];
    private static readonly string[] Methods = ["远程重发许可", "上门更换补丁", "致歉并约好新时间", "重新开票寄出"], Results = ["问题解决，客户确认", "恢复正常使用", "按新时间完成服务", "客户收到新发票"];
    private enum End { New, Classified, InHand, AwaitingCallBack, CallBackDue, Reopened, Cancelled, Closed, ReopenedAndClosed, Unreached, OnTheSpot }

    public int Order => 320;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var time = demo.Services.GetRequiredService<BusinessTime>();
        for (var i = 0; i < (demo.Size == DemoSize.Small ? Count : 160); i++)
        {
            var end = (i % Count) switch { 0 => End.New, 1 => End.Classified, 2 or 3 => End.InHand, 4 => End.AwaitingCallBack, 5 =>
                End.CallBackDue, 6 => End.Reopened, 7 => End.Cancelled, 8 => End.New, 9 or 10 => End.ReopenedAndClosed, 11 => End.Unreached, 12 =>
                End.OnTheSpot, _ => End.Closed };
            // Of many complaints most are over: only every third round of the larger size has open ones.
            await AddAsync(i, end <= End.Reopened && i / Count % 3 > 0 ? End.Closed : end);
        }

        async Task AddAsync(int i, End end)
        {
            var isOpen = end <= End.Reopened;
            var category = (ComplaintCategory)DemoValue.Pick("complaint", i, "category", 2);
            var about = DemoValue.Of(category == ComplaintCategory.Product ? Product : Services, "complaint", i, "about");
            var daysBack = isOpen ? 1 + DemoValue.Pick("complaint", i, "day", 4) : i < Count ? 10 + 13 * i
                : 10 + DemoValue.Pick("complaint", i, "past", 680);
            var at = time.At(demo.Today.AddDays(-daysBack),
                new TimeOnly(9 + DemoValue.Pick("complaint", i, "hour", 8), 5 * DemoValue.Pick("complaint", i, "minute", 12)));
            var (receiver, technician) = (DemoId.User(DemoValue.Of(["sunxiaomei", "liuyang"], "complaint", i, "receiver")),
                DemoId.User(DemoValue.Of(["wusiyuan", "huangxue"], "complaint", i, "technician")));
            var (id, interaction, year) = (DemoId.Of($"complaint:{i}"), DemoId.Of($"complaint-interaction:{i}"), time.DateOf(at).Year);
            var result = await demo.Runtime.ExecuteAsync(Operation, Actor.System, DemoId.Of($"operation:complaint:{i}"), payload: null, async cmd =>
            {
                var rules = await ComplaintRules.InForceAsync(cmd.Db, cmd.Now, ct);
                if (end == End.CallBackDue) rules = rules with { CallBack = rules.CallBack with { AfterHours = 0 } };
                var complaint = new Complaint
                {
                    Id = id, No = await cmd.NextNumberAsync(ComplaintSettings.Complaints, ComplaintSettings.NumberPattern, year, ct),
                    CustomerId = DemoRecords.Customer("complaint", i),
                    Source = DemoValue.Of(["Phone", "Phone", "OnSite", "Mail"], "complaint", i, "source"),
                    Complainant = DemoRecords.Person("complaint", i), ContactInfo = DemoRecords.Phone("complaint", i),
                    Content = category == ComplaintCategory.Product ? $"{about}，影响正常工作，要求尽快解决" : $"{about}，要求给出说法", Incident = about,
                    ComplainedAt = at,
                    ExpectedBy = at.AddDays(2 + DemoValue.Pick("complaint", i, "expected", 4)), ReceivedBy = receiver, Rules = rules, IsDemo = true,
                };
                complaint.EnteredBy(receiver, at);
                if (category == ComplaintCategory.Product)
                    complaint.About(DemoSales.Product(DemoValue.Of(DemoSales.Products, "complaint", i, "product").Code));
                cmd.Db.Add(complaint);
                // What it came up in, entered by whoever took the call; the process finds it and links itself.
                cmd.Db.Add(new Interaction
                {
                    Id = interaction, No = await cmd.NextNumberAsync("interaction", Interactions.NumberPattern, year, ct),
                    CustomerId = complaint.CustomerId, At = at, Content = complaint.Content, ContactName = complaint.Complainant,
                    Phone = complaint.ContactInfo,
                    Direction = InteractionDirection.Incoming, Category = InteractionCategory.Complaint, Importance = InteractionImportance.Important,
                    Status = isOpen ? InteractionStatus.InHand : InteractionStatus.Done, ComplaintId = id, IsDemo = true,
                }.By(receiver, at));
                if (isOpen && end != End.Reopened) return Result.Ok;

                if (end == End.OnTheSpot)
                {
                    complaint.InOneSitting(category, Handling(complaint, i, receiver, at));
                    Called(complaint, i, at, 5);
                }
                else
                {
                    complaint.Classify(category, complaint.ProductId, "电话核实属实");
                    if (end == End.Cancelled) return complaint.Cancel("客户来电说是误会", receiver, at.AddHours(3));
                    Round(complaint, i, technician, at, end switch { End.Unreached => null, End.Reopened or End.ReopenedAndClosed => 2, _ =>
                        3 + DemoValue.Pick("complaint", i, "score", 3) });
                }
                if (end is End.Reopened or End.ReopenedAndClosed) complaint.Reopen();
                if (end == End.ReopenedAndClosed) Round(complaint, i, technician, at.AddDays(4), 4 + DemoValue.Pick("complaint", i, "second", 2));
                if (end != End.Reopened)
                    complaint.Close(end == End.Unreached ? ComplaintEnd.Unreached : ComplaintEnd.Solved, complaint.CallBacks.Max(c => c.At));
                return Result.Ok;
            }, ct);
            if (result.Problem is { } problem)
                throw new InvalidOperationException($"The demonstration complaint {i} could not be loaded: {problem.Key}");
            if (!isOpen) return;

            var started = await demo.Runtime.ExecuteAsync(Operation, Actor.System, DemoId.Of($"operation:complaint:{i}:start"), payload: null,
                async cmd => await RecordComplaint.StartAsync(cmd, await cmd.ComplaintAsync(id, ct), interaction, ct), ct);
            if (started.Problem is { } unstarted)
                throw new InvalidOperationException($"The process of the demonstration complaint {i} could not be started: {unstarted.Key}");
            if (end is End.New or End.Reopened) return;

            await DecideAsync(i, id, "chenli", "HandOver", new() { ["category"] = category.ToString(), ["verification"] = "电话核实属实" });
            if (end == End.Classified) return;
            await DecideAsync(i, id, "chenli", "Assign", new() { ["technician"] = technician });
            if (end == End.InHand) return;
            await DecideAsync(i, id, technician == DemoId.User("wusiyuan") ? "wusiyuan" : "huangxue", "Handled",
                new() { ["method"] = DemoValue.Of(Methods, "complaint", i, "method"), ["result"] = DemoValue.Of(Results, "complaint", i, "result"),
                ["location"] = "客户现场" });
        }

        async Task DecideAsync(int i, Guid id, string login, string outcome, Dictionary<string, Value> data)
        {
            var open = (await demo.Runtime.ReadAsync<SubjectTask>(Operation, Actor.System, async db =>
                (await db.TasksOfAsync(ComplaintScope.Subject, id, ct)).Single(t => t.ClosedAt is null), ct)).Value;
            var actor = await demo.ActorAsync(login, ct);
            var view = await demo.Services.GetRequiredService<TaskPage>().HandleAsync(actor, open.Id, ct);
            var done = view.Failed ? view.Problem! : (await demo.Services.GetRequiredService<CompleteTask>()
                .HandleAsync(actor, new(open.Id, view.Value.Info.Revision, DemoId.Of($"operation:complaint:{i}:{outcome}"), outcome) { Data = data },
                ct)).Problem;
            if (done is { } problem) throw new InvalidOperationException(
                $"The demonstration complaint {i} was refused at {outcome}: {problem.Key} {string.Join(", ", problem.Args)}");
        }
    }

    /// <summary>
    /// One round as it went: assigned, solved a day later, called two days after that; without a score nobody answered three times.
    /// </summary>
    private static void Round(Complaint complaint, int i, Guid technician, DateTimeOffset at, int? score)
    {
        complaint.Assign(technician, complaint.Category!.Value);
        complaint.Handle(Handling(complaint, i, technician, at.AddDays(1)));
        Called(complaint, i, at, score);
    }

    private static ComplaintHandling Handling(Complaint complaint, int i, Guid by, DateTimeOffset at) => new()
    {
        Id = DemoId.Of($"handling:{i}:{complaint.Round}"), ComplaintId = complaint.Id, Round = complaint.Round,
        Method = DemoValue.Of(Methods, "complaint", i, $"method{complaint.Round}"), HandledBy = by, HandledAt = at,
        Location = "客户现场", Result = DemoValue.Of(Results, "complaint", i, $"result{complaint.Round}"), CreatedBy = by, CreatedAt = at,
    };

    private static void Called(Complaint complaint, int i, DateTimeOffset at, int? score)
    {
        for (var attempt = 1; attempt <= (score is null ? 3 : 1); attempt++)
            complaint.CallBack(new ComplaintCallBack
            {
                Id = DemoId.Of($"callback:{i}:{complaint.Round}:{attempt}"), ComplaintId = complaint.Id, Round = complaint.Round, Attempt = attempt,
                By = DemoId.User("sunxiaomei"), At = at.AddDays(2 + attempt), Respondent = score is null ? null : complaint.Complainant,
                Satisfaction = score, Comment = score switch { null => "电话没人接", <= 2 => "问题又出现了，没有彻底解决", 5 => "处理很及时", _ => "可以接受" },
            });
    }
}

internal static class DemoEntries
{
    /// <summary>Entered by this member of staff at that time.</summary>
    public static T By<T>(this T record, Guid user, DateTimeOffset at) where T : BusinessRecord
    {
        record.EnteredBy(user, at);
        return record;
    }
}
