using CrmFlow.Modules.Tests;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// What holds whatever step a complaint is at: numbers, due times, who sees it, taking it back, several people at once, frozen settings, changed
/// definitions.
/// </summary>
public class ComplaintRulesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_have_no_gaps_however_many_record_and_are_refused_at_once()
    {
        await using var s = await Complaints.StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 24)
            .Select(i => Task.Run(() => s.RecordAsync(s.Reception, i % 3 == 0 ? s.Entry with { Content = " " } : s.Entry))));
        results.Count(r => r.Failed).ShouldBe(8);
        results.Where(r => !r.Failed).Select(r => r.Value.No).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(1, 16).Select(n => $"TS-2026-{n:0000}"));
    }

    [Fact]
    public async Task The_same_request_twice_records_one_complaint()
    {
        await using var s = await Complaints.StartAsync();
        var operation = s.App.NewOperation();
        var first = await s.RecordAsync(s.Reception, s.Entry, operation);
        (await s.RecordAsync(s.Reception, s.Entry, operation)).Value.ShouldBe(first.Value);
        (await s.App.ReadAsync(db => db.Set<Complaint>().CountAsync(Ct))).ShouldBe(1);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_its_field()
    {
        await using var s = await Complaints.StartAsync();
        var now = s.Clock.GetUtcNow();
        foreach (var (entry, field) in new (ComplaintEntry, string)[]
        {
            (s.Entry with { Complainant = "" }, "complainant"), (s.Entry with { ContactInfo = null }, "contactInfo"),
                (s.Entry with { Content = new string('字', 2001) }, "content"),
            (s.Entry with { ComplainedAt = now.AddHours(1) }, "complainedAt"), (s.Entry with { ExpectedBy = now.AddHours(-1) }, "expectedBy"),
                (s.Entry with { CustomerId = s.App.NewOperation() }, "customerId"),
            (s.Entry with { CustomerId = s.OtherCustomerId, SalesRecordId = s.SaleId }, "salesRecordId"),
        })
            (await s.RecordAsync(s.Reception, entry)).Problem!.Field.ShouldBe(field);
    }

    [Fact]
    public async Task Every_step_has_a_due_time_and_shows_and_mails_when_it_is_over()
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.RecordedAsync(s.Entry with { ExpectedBy = s.Clock.GetUtcNow().AddHours(20) });
        await s.PassAsync(TimeSpan.FromDays(1)); // one working day: 2026-03-03 09:00
        (await s.OpenTaskAsync(id)).OverdueAt.ShouldBe(new(2026, 3, 3, 1, 0, 0, TimeSpan.Zero));
        s.App.Mails.ShouldHaveSingleItem().To.ShouldBe("chenli@example.com");
        var view = await s.ViewAsync(s.Support, id);
        view.OpenStage!.Overdue(s.Clock.GetUtcNow()).ShouldBeTrue();
        view.IsLate(s.Clock.GetUtcNow()).ShouldBeTrue();
        (await s.App.Get<ListComplaints>().HandleAsync(s.Support, new(ComplaintTab.Late), 20, null, Ct)).Value.Rows.ShouldHaveSingleItem()
            .DueAt.ShouldBe(new(2026, 3, 3, 1, 0, 0, TimeSpan.Zero));

        await s.DecideAsync(s.Support, id, "HandOver", new() { ["category"] = "Product" });
        (await s.OpenTaskAsync(id)).DueAt.ShouldBe(new(2026, 3, 4, 1, 0, 0, TimeSpan.Zero));
        await s.AssignAsync(id, s.Technician);
        (await s.OpenTaskAsync(id)).DueAt.ShouldBe(new(2026, 3, 6, 1, 0, 0, TimeSpan.Zero));
        await s.HandleAsync(id, s.Technician);
        await s.PassAsync(TimeSpan.FromHours(48));
        (await s.OpenTaskAsync(id)).DueAt.ShouldBe(new(2026, 3, 6, 1, 0, 0, TimeSpan.Zero)); // called back Thursday, due Friday
    }

    [Fact]
    public async Task Unseen_is_not_found()
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.AssignedAsync();
        foreach (var actor in new[] { s.Outsider, s.SecondTechnician, s.Agent, Actor.Anonymous })
        {
            (await s.App.Get<GetComplaint>().HandleAsync(actor, id, Ct)).Problem.ShouldBeOfType<NotFound>();
            (await s.CancelAsync(actor, id)).Problem.ShouldBeOfType<NotFound>();
            (await s.CompleteAsync(actor, await s.OpenTaskAsync(id), "Handled")).Problem.ShouldBeOfType<NotFound>();
        }
        foreach (var actor in new[] { s.Outsider, s.SecondTechnician })
            (await s.App.Get<ListComplaints>().HandleAsync(actor, new(ComplaintTab.All), 20, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await s.App.Get<ListComplaints>().HandleAsync(s.Agent, new(ComplaintTab.All), 20, null, Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.RecordAsync(s.Outsider, s.Entry)).Problem.ShouldBeOfType<NotFound>();
        foreach (var actor in new[] { s.Reception, s.Support, s.Leader, s.Technician })
        {
            (await s.ViewAsync(actor, id)).No.ShouldBe("TS-2026-0001");
            (await s.App.Get<ListComplaints>().HandleAsync(actor, new(ComplaintTab.All), 20, null, Ct)).Value.Rows.ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task Who_recorded_it_takes_it_back_until_somebody_works_on_it_and_support_cancels_any_time()
    {
        await using var s = await Complaints.StartAsync();
        var (first, second) = (await s.RecordedAsync(), await s.AssignedAsync());
        (await s.CancelAsync(s.Reception, first, " ")).Problem.ShouldBeOfType<CancelReasonMissing>();
        (await s.CancelAsync(s.Leader, first)).Problem.ShouldBeOfType<NotFound>(); // no right to cancel at all
        (await s.CancelAsync(s.Reception, first, "客户撤回")).Problem.ShouldBeNull();
        (await s.CancelAsync(s.Reception, second)).Problem.ShouldBeOfType<CancelTooLate>();
        (await s.CancelAsync(s.Support, second, "重复登记")).Problem.ShouldBeNull();
        foreach (var id in new[] { first, second })
        {
            var complaint = await s.ComplaintAsync(id);
            (complaint.State, complaint.ClosedAt).ShouldBe((ComplaintState.Cancelled, s.Clock.GetUtcNow()));
            (await s.StepAsync(id)).ShouldBeNull();
            (await s.CancelAsync(s.Support, id)).Problem.ShouldBeOfType<ComplaintOver>();
        }
        (await s.RecordAsync(s.Reception, s.Entry)).Value.No.ShouldBe("TS-2026-0003"); // cancelled numbers stay used
    }

    [Fact]
    public async Task Cancelled_while_it_waits_for_the_call_back_nobody_is_asked_to_call()
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.HandledAsync();
        (await s.CancelAsync(s.Support, id)).Problem.ShouldBeNull();
        await s.PassAsync(TimeSpan.FromDays(10));
        (await s.StepAsync(id)).ShouldBeNull();
        (await s.App.ReadAsync(db => db.Set<UserTask>().CountAsync(t => t.ActivityId == "call-back", Ct))).ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_people_at_once_one_decides_and_the_other_is_told()
    {
        await using var s = await Complaints.StartAsync();
        var other = await s.App.StaffAsync("zhengkai", "郑凯", ["support"],
            [ServiceRights.ViewComplaints, ServiceRights.Cancel, CrmFlow.Customers.CustomersRights.View, CrmFlow.Customers.CustomersRights.ViewAll]);
        var id = await s.RecordedAsync();
        var task = await s.OpenTaskAsync(id);
        var results = await Task.WhenAll(
            Task.Run(() => s.CompleteAsync(s.Support, task, "HandOver", new() { ["category"] = "Product" })),
            Task.Run(() => s.CompleteAsync(other, task, "HandOver", new() { ["category"] = "Service" })));
        results.Count(r => !r.Failed).ShouldBe(1);
        results.Single(r => r.Failed).Problem!.Kind.ShouldBe(ProblemKind.Conflict);
        (await s.StepAsync(id)).ShouldBe("assign");

        // cancelling against deciding: exactly one of them happens
        task = await s.OpenTaskAsync(id);
        var race = await Task.WhenAll(Task.Run(() => s.CompleteAsync(s.Support, task, "Assign", new() { ["technician"] = s.Technician.UserId })),
            Task.Run(() => s.CancelAsync(other, id)));
        var complaint = await s.ComplaintAsync(id);
        complaint.State.ShouldBe(ComplaintState.Cancelled); // a cancellation that came second still cancels
        race[1].Problem.ShouldBeNull();
        (await s.StepAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task Changed_settings_touch_only_complaints_recorded_after()
    {
        await using var s = await Complaints.StartAsync();
        var before = await s.RecordedAsync();
        await s.SettingAsync(ComplaintSettings.ReopenAtOrBelow, 4);
        await s.SettingAsync(ComplaintSettings.CallBack, new CallBackTimes(AfterHours: 2, RetryHours: 1, Attempts: 1));
        await s.SettingAsync(ComplaintSettings.DueDays, new ComplaintDueDays(1, 1, 5, 1));
        await s.SettingAsync(ComplaintSettings.Roles, ComplaintSettings.Roles.Default with { CallBack = "support", AssignService = "leader" });
        await s.SettingAsync(ComplaintSettings.NumberPattern, "KS{yy}{seq:5}");
        var after = await s.RecordedAsync();
        (await s.ComplaintAsync(after)).No.ShouldBe("KS2600002");
        foreach (var id in new[] { before, after }) await s.DecideAsync(s.Support, id, "HandOver", new() { ["category"] = "Service" });
        await s.AssignAsync(before, s.Technician);
        // the leader assigns service complaints now
        (await s.TryDecideAsync(s.Support, after, "Assign", new() { ["technician"] = s.Technician.UserId })).Problem.ShouldBeOfType<NotYourTask>();
        await s.DecideAsync(s.Leader, after, "Assign", new() { ["technician"] = s.Technician.UserId, ["category"] = "Service" });
        (await s.OpenTaskAsync(before)).DueAt.ShouldBe(new(2026, 3, 5, 1, 0, 0, TimeSpan.Zero));
        (await s.OpenTaskAsync(after)).DueAt.ShouldBe(new(2026, 3, 9, 1, 0, 0, TimeSpan.Zero));
        foreach (var id in new[] { before, after }) await s.HandleAsync(id, s.Technician);
        await s.PassAsync(TimeSpan.FromHours(2));
        (await s.StepAsync(before)).ShouldBeNull();
        (await s.StepAsync(after)).ShouldBe("call-back");
        await s.RateAsync(after, 4, "还可以更快");
        (await s.StateAsync(after)).ShouldBe(ComplaintState.Reopened);
        await s.PassAsync(TimeSpan.FromHours(46));
        await s.RateAsync(before, 3);
        (await s.StateAsync(before)).ShouldBe(ComplaintState.Closed);
    }

    [Fact]
    public async Task A_changed_definition_is_followed_by_the_next_complaint_and_running_ones_keep_theirs()
    {
        await using var s = await Complaints.StartAsync();
        var before = await s.CallBackDueAsync();
        // An administrator reopens at 3 and below whatever the setting says, and lets a leader confirm before a complaint is closed.
        var changed = Complaints.Definition
            .Replace("variables.Satisfaction <= variables.Rules.ReopenAtOrBelow", "variables.Satisfaction <= 3")
            .Replace("\"activities\": [", """
                "activities": [
                  {"id": "confirm", "name": "confirm", "type": "CrmFlow.UserTask", "version": 1, "metadata": {"displayText": "领导确认"},
                   "title": {"typeName": "String", "expression": {"type": "Literal", "value": "领导确认"}}, "form": {"typeName": "String", "expression": {"type": "Literal", "value": "service.confirm"}},
                   "subjectType": {"typeName": "String", "expression": {"type": "Literal", "value": "complaint"}}, "subjectId": {"typeName": "Guid", "expression": {"type": "JavaScript", "value": "getInput(\"ComplaintId\")"}},
                   "roles": {"typeName": "String[]", "expression": {"type": "Object", "value": "[\"leader\"]"}}, "actions": [{"name": "Confirm", "label": "确认", "kind": "approve"}]},
                """)
            .Replace("""{"source": {"activity": "low", "port": "False"}, "target": {"activity": "solved", "port": "In"}}""",
                """{"source": {"activity": "low", "port": "False"}, "target": {"activity": "confirm", "port": "In"}}, {"source": {"activity": "confirm", "port": "Confirm"}, "target": {"activity": "solved", "port": "In"}}""");
        await s.App.PublishAsync(changed);
        var after = await s.CallBackDueAsync();

        await s.RateAsync(before, 3);
        (await s.StateAsync(before)).ShouldBe(ComplaintState.Closed);
        await s.RateAsync(after, 3, "慢");
        (await s.StateAsync(after)).ShouldBe(ComplaintState.Reopened);
        await s.AssignAsync(after, s.Technician);
        await s.HandleAsync(after, s.Technician);
        await s.PassAsync(TimeSpan.FromHours(48));
        await s.RateAsync(after, 5);
        (await s.StepAsync(after)).ShouldBe("confirm");
        await s.DecideAsync(s.Leader, after, "Confirm");
        (await s.StateAsync(after)).ShouldBe(ComplaintState.Closed);
    }

    [Fact]
    public async Task Another_process_raises_a_complaint_and_its_own_process_starts_by_itself()
    {
        await using var s = await Complaints.StartAsync();
        await s.App.PublishAsync("""
            {"definitionId": "survey", "name": "回访", "isPublished": true, "root": {"id": "f", "type": "Elsa.Flowchart", "version": 1,
              "activities": [{"id": "raise", "type": "Service.RaiseComplaint", "version": 1, "customerId": {"typeName": "Guid", "expression": {"type": "JavaScript", "value": "getInput(\"Customer\")"}},
                "complainant": {"typeName": "String", "expression": {"type": "Literal", "value": "李淼"}}, "contactInfo": {"typeName": "String", "expression": {"type": "Literal", "value": "13800001234"}},
                "content": {"typeName": "String", "expression": {"type": "Literal", "value": "首访不满意"}}}], "connections": []}}
            """);
        await s.App.StartWorkflowAsync(s.Support, "survey", ("Customer", Value.From(s.CustomerId)));
        await s.App.RunDueAsync();
        var complaint = await s.App.ReadAsync(db => db.Set<Complaint>().SingleAsync(Ct));
        (complaint.No, complaint.Source, complaint.State).ShouldBe(("TS-2026-0001", "Process", ComplaintState.New));
        (await s.StepAsync(complaint.Id)).ShouldBe("classify");
    }

    [Fact]
    public async Task Open_complaints_stand_on_the_calendar_until_they_are_solved()
    {
        await using var s = await Complaints.StartAsync();
        var expected = s.Clock.GetUtcNow().AddDays(2);
        var id = await s.RecordedAsync(s.Entry with { ExpectedBy = expected });
        async Task<IReadOnlyList<Reminder>> FindAsync(Actor actor, bool mine) => await s.App.ReadAsync(db =>
            s.App.Get<IEnumerable<IReminderSource>>().OfType<ComplaintReminders>().Single()
                .FindAsync(db, actor, new(new(2026, 3, 2), new(2026, 3, 4), s.Clock.GetUtcNow(), mine), Ct));
        var reminder = (await FindAsync(s.Reception, mine: true)).ShouldHaveSingleItem();
        (reminder.Id, reminder.Since, reminder.DueAt, reminder.About).ShouldBe((id, s.Clock.GetUtcNow(), expected, "江城水务集团 TS-2026-0001"));
        (await FindAsync(s.Support, mine: true)).ShouldBeEmpty();
        (await FindAsync(s.Support, mine: false)).ShouldHaveSingleItem();
        (await FindAsync(s.Outsider, mine: false)).ShouldBeEmpty();
        await s.CancelAsync(s.Reception, id);
        (await FindAsync(s.Support, mine: false)).ShouldBeEmpty();
    }
}
