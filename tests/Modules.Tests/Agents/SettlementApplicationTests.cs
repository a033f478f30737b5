using CrmFlow.Runtime;
using CrmFlow.Agents;

namespace CrmFlow.Modules.Tests.Agents;

/// <summary>T-15, R-SET-2: what an application itself refuses.</summary>
public class SettlementApplicationTests
{
    [Fact]
    public void A_draft_holds_no_line() => A.Draft(100).Lines.ShouldAllBe(l => l.HeldSale == null);

    [Fact]
    public async Task A_submitted_application_holds_its_lines_and_keeps_its_number()
    {
        var application = await A.Submitted(100, 200);
        application.Lines.ShouldAllBe(l => l.HeldSale == l.SalesRecordId);
        application.No.ShouldBe("JS-2026-0037");
        application.TotalFee.ShouldBe(300);
    }

    [Fact]
    public async Task An_application_without_lines_uses_no_number()
    {
        var asked = false;
        var refused = await A.Draft().SubmitAsync(A.Rules, A.Agent, A.Now, () => { asked = true; return Task.FromResult(""); });
        refused.Problem.ShouldBeOfType<NoLinesChosen>();
        asked.ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_submission_is_refused()
    {
        var application = await A.Submitted(100);
        (await application.SubmitAsync(A.Rules, A.Agent, A.Now, () => Task.FromResult("X"))).Problem.ShouldBeOfType<AlreadySubmitted>();
    }

    [Fact]
    public async Task Staff_who_submit_for_an_agent_are_recorded() // C-03
    {
        var application = A.Draft(100);
        await application.SubmitAsync(A.Rules, A.Support, A.Now, () => Task.FromResult("JS-2026-0001"));
        application.OnBehalfBy.ShouldBe(A.Support.UserId);
        (await A.Submitted(100)).OnBehalfBy.ShouldBeNull();
    }

    [Fact]
    public async Task A_withdrawn_application_frees_its_lines_and_keeps_its_number()
    {
        var application = await A.Submitted(100);
        application.Withdraw(A.Now, A.Time).Failed.ShouldBeFalse();
        application.State.ShouldBe(SettlementState.Withdrawn);
        application.Lines.ShouldAllBe(l => l.HeldSale == null);
        application.No.ShouldNotBeNull();
    }

    [Fact]
    public async Task After_commerce_decided_it_cannot_be_withdrawn_and_the_day_is_told()
    {
        var application = await A.Approved(100);
        application.Withdraw(A.Now, A.Time).Problem.ShouldBeOfType<CommerceHasDecided>().Args.ShouldBe(["05-11"]);
        application.State.ShouldBe(SettlementState.InProgress);
    }

    [Fact]
    public async Task A_correction_may_leave_lines_out_but_not_all()
    {
        var application = await A.Submitted(100, 200);
        application.Correct(new HashSet<Guid>(), null, A.Now).Problem.ShouldBeOfType<NoLinesChosen>();
        application.Correct(new HashSet<Guid> { application.Lines[0].Id }, "少报一条", A.Now).Failed.ShouldBeFalse();
        application.TotalFee.ShouldBe(100);
    }

    [Fact]
    public async Task A_refused_application_frees_its_lines_a_done_one_keeps_them()
    {
        var refused = await A.Approved(100);
        refused.Close(SettlementState.Refused, null, A.Now);
        refused.Lines.ShouldAllBe(l => l.HeldSale == null);

        var done = await A.Approved(100);
        done.Close(SettlementState.NothingReturned, null, A.Now);
        done.Lines.ShouldAllBe(l => l.HeldSale == l.SalesRecordId);
    }

    [Fact]
    public async Task Finance_decides_only_with_the_paper_in_hand()
    {
        var application = await A.Reported(95, 100);
        application.Decide(Disposition.Offset, A.Support.UserId, A.Now).Problem.ShouldBeOfType<InvoiceNotReceived>();
    }

    [Theory]
    [InlineData(85, 2, "0.01", "0.02")]       // 0.02 × 80 % = 0.016
    [InlineData(70, 1, "0.01", "0.01")]       // 0.01 × 50 % = 0.005, half up
    [InlineData(85, 3, "33.33", "79.99")]     // 99.99 × 80 % = 79.992, rounded once and not per line
    [InlineData(50, 1, "18980.00", "0.00")]
    public async Task The_amount_is_the_sum_of_fees_times_the_ratio_rounded_once_half_up(int score, int lines, string fee, string amount)
    {
        var application =
            await A.Reported(score, Enumerable.Repeat(decimal.Parse(fee, System.Globalization.CultureInfo.InvariantCulture), lines).ToArray());
        application.ReturnAmount.ShouldBe(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>Fee = receivable × rate, two decimals half up; an agent's own rate wins.</summary>
public class FeeTableTests
{
    private static readonly Guid Product = A.Id(9);
    private static FeeRate Rate(decimal rate, int day, Guid? agent = null) =>
        new() { Id = A.NewId(), ProductId = Product, AgentId = agent, Rate = rate, ValidFrom = new(2026, 1, day), CreatedBy = A.Support.UserId,
            CreatedAt = A.Now };

    [Fact]
    public void The_later_rate_wins() => new FeeTable([Rate(0.06m, 5), Rate(0.05m, 1)]).Rate(Product).ShouldBe(0.06m);

    [Fact]
    public void An_agents_own_rate_wins_even_over_a_later_general_one() =>
        new FeeTable([Rate(0.08m, 1, A.AgentId), Rate(0.05m, 9)]).Rate(Product).ShouldBe(0.08m);

    [Fact]
    public void A_product_without_rate_has_none() => new FeeTable([]).Rate(Product).ShouldBeNull();

    [Theory]
    [InlineData("100.10", "0.05", "5.01")]  // 5.005
    [InlineData("100.09", "0.05", "5.00")]  // 5.0045
    [InlineData("0.01", "0.5", "0.01")]
    public void A_fee_has_two_decimals_half_up(string receivable, string rate, string fee)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        FeeTable.Fee(decimal.Parse(receivable, culture), decimal.Parse(rate, culture)).ShouldBe(decimal.Parse(fee, culture));
    }
}

public class SettlementSettingsTests
{
    [Theory]
    [InlineData("JS-{yyyy}-{seq:4}", true)]
    [InlineData("{yy}{seq:6}", true)]
    [InlineData("JS-{seq:4}", false)]                 // the next year would use the same numbers again
    [InlineData("JS-{yyyy}", false)]
    [InlineData("JS-{yyyy}-{seq:4}-{seq:4}", false)]
    [InlineData("JS-{yyyy}-{month}-{seq:4}", false)]
    public void A_number_pattern_has_a_year_and_one_sequence(string pattern, bool valid) => (NumberPattern.Check(pattern) is null).ShouldBe(valid);

    [Theory]
    [InlineData("JS-{yyyy}-{seq:4}", "JS-2026-0007")]
    [InlineData("{yy}{seq:6}", "26000007")]
    public void A_number_fills_its_pattern(string pattern, string number) => NumberPattern.Fill(pattern, 2026, 7).ShouldBe(number);

    [Fact]
    public void Questions_add_up_to_100() => SettlementSettings.CheckQuestions([new("a", "甲", "A", 60)]).ShouldNotBeNull();

    [Fact]
    public void Bands_start_at_zero() => SettlementSettings.CheckBands([new(60, 50)]).ShouldNotBeNull();

    [Fact]
    public void The_defaults_pass_their_own_checks()
    {
        SettlementSettings.CheckBands(SettlementSettings.RatioBands.Default).ShouldBeNull();
        SettlementSettings.CheckQuestions(SettlementSettings.Questions.Default).ShouldBeNull();
        NumberPattern.Check(SettlementSettings.NumberPattern.Default).ShouldBeNull();
        NumberPattern.Check(SettlementSettings.VoucherPattern.Default).ShouldBeNull();
    }
}
