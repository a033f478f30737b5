using CrmFlow.Agents;
using CrmFlow.Runtime;

namespace CrmFlow.Modules.Tests.Agents;

/// <summary>T-16: score, proposed ratio, and how far a person may leave it.</summary>
public class SatisfactionReportTests
{
    [Theory]
    [InlineData(100, 100)]
    [InlineData(90, 100)]
    [InlineData(89, 80)]
    [InlineData(80, 80)]
    [InlineData(79, 50)]
    [InlineData(60, 50)]
    [InlineData(59, 0)]
    [InlineData(0, 0)]
    public void The_score_proposes_the_ratio_of_its_band(int score, int ratio) => A.Rules.ProposedRatio(score).ShouldBe(ratio);

    [Fact]
    public void Half_a_point_below_a_band_stays_below() => A.Rules.ProposedRatio(89.5m).ShouldBe(80);

    private static async Task<Result<SatisfactionReport>> Write(decimal score, decimal? ratio, string? reason) =>
        SatisfactionReport.Write(A.NewId(), await A.Approved(1000), A.Scores(score), "服务及时", ratio, reason, A.Support.UserId, A.Now);

    [Fact]
    public async Task A_ratio_left_open_is_the_proposed_one() => (await Write(86, null, null)).Value.Ratio.ShouldBe(80);

    [Fact]
    public async Task Another_ratio_needs_a_reason()
    {
        (await Write(86, 85, " ")).Problem.ShouldBeOfType<RatioReasonMissing>().Field.ShouldBe("reason");
        (await Write(86, 85, "投诉已补救"))
            .Value.ShouldSatisfyAllConditions(r => r.Ratio.ShouldBe(85), r => r.ProposedRatio.ShouldBe(80), r => r.Reason.ShouldBe("投诉已补救"));
    }

    [Theory]
    [InlineData(86, 90, true)]
    [InlineData(86, 70, true)]
    [InlineData(86, 90.01, false)]
    [InlineData(86, 69.99, false)]
    [InlineData(95, 101, false)] // never beyond 100
    [InlineData(30, -1, false)]  // nor below 0
    public async Task A_ratio_stays_within_ten_points_of_the_proposed_and_0_to_100(int score, double ratio, bool allowed) =>
        (await Write(score, (decimal)ratio, "有理由")).Failed.ShouldBe(!allowed);

    [Fact]
    public async Task A_score_beyond_its_maximum_is_refused_at_its_field()
    {
        var answers = A.Scores(86);
        answers[1] = answers[1] with { Score = 26 };
        SatisfactionReport.Write(A.NewId(), await A.Approved(1000), answers, "好", null, null, A.Support.UserId, A.Now)
            .Problem.ShouldBeOfType<ScoreOutOfRange>().Field.ShouldBe("score.complaints");
    }

    [Fact]
    public async Task A_report_written_after_a_return_opens_the_next_round()
    {
        var application = await A.Reported(86, 1000);
        A.Report(application, 95);
        application.Report!.Round.ShouldBe(2);
        application.ReturnAmount.ShouldBe(1000);
    }
}

/// <summary>A signature stands for exactly what was signed.</summary>
public class SignatureTests
{
    [Fact]
    public async Task A_signature_counts_while_nothing_changed()
    {
        var application = await A.Reported(86, 1000);
        A.Sign(application, A.Leader).Value.Counts(application).ShouldBeTrue();
    }

    [Fact]
    public async Task A_new_report_makes_earlier_signatures_void_even_with_the_same_score()
    {
        var application = await A.Reported(86, 1000);
        var signature = A.Sign(application, A.Leader).Value;
        A.Report(application, 86);
        signature.Counts(application).ShouldBeFalse();
        application.Signatures.ShouldContain(signature); // it stays visible
    }

    [Fact]
    public async Task A_changed_line_under_the_same_report_makes_it_void()
    {
        var application = await A.Reported(86, 1000, 500);
        var signature = A.Sign(application, A.Leader).Value;
        application.Lines.RemoveAt(1);
        signature.Counts(application).ShouldBeFalse();
    }

    [Fact]
    public async Task The_content_does_not_depend_on_how_many_zeros_a_database_writes() =>
        Signature.ContentOf(await A.Reported(86, 1000.00m)).ShouldContain("|0.05|1000|");

    [Fact]
    public async Task Facts_cannot_slide_from_one_field_into_the_next()
    {
        var one = await A.Approved(1000);
        var two = await A.Approved(1000);
        one.Take(SatisfactionReport.Write(A.Id(77), one, A.Scores(86), "甲|乙", 85, "丙", A.Support.UserId, A.Now).Value, A.Now);
        two.Take(SatisfactionReport.Write(A.Id(77), two, A.Scores(86), "乙", 85, "丙|甲", A.Support.UserId, A.Now).Value, A.Now);
        string Report(SettlementApplication a) => Signature.ContentOf(a).Split('\n').Single(l => l.StartsWith("report", StringComparison.Ordinal));
        Report(one).ShouldNotBe(Report(two));
    }

    [Fact]
    public async Task Nobody_signs_the_same_report_twice()
    {
        var application = await A.Reported(86, 1000);
        A.Sign(application, A.Leader);
        A.Sign(application, A.Leader).Problem.ShouldBeOfType<AlreadySigned>();
        A.Sign(application, A.OtherLeader).Failed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_typed_signature_is_the_persons_own_name() =>
        A.Sign(await A.Reported(86, 1000), A.Leader, "欧阳淼").Problem.ShouldBeOfType<SignatureNotOwnName>();

    [Theory]
    [InlineData("data:image/svg+xml;base64,PHN2Zy8+")]
    [InlineData("data:image/png;base64,PHN2Zy8+")] // says PNG, is not
    [InlineData("data:image/png;base64,???")]
    public async Task A_drawing_is_a_picture(string mark) =>
        A.Sign(await A.Reported(86, 1000), A.Leader, mark).Problem.ShouldBeOfType<SignatureUnreadable>();

    [Fact]
    public async Task A_drawn_signature_is_kept_as_drawn()
    {
        const string png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        A.Sign(await A.Reported(86, 1000), A.Leader, png)
            .Value.ShouldSatisfyAllConditions(s => s.Kind.ShouldBe(SignatureKind.Drawn), s => s.Mark.ShouldBe(png));
    }
}

/// <summary>R-SET-1: the paper that must match to the cent.</summary>
public class InvoiceTests
{
    private static readonly DateOnly Today = new(2026, 5, 22);
    private static Invoice Paper() => new() { Id = A.NewId(), ApplicationId = A.NewId(), Code = "4200201130", Number = "00816022" };
    private static Result Enter(Invoice invoice, decimal amount, string? courier = "SF 4410 2208 17") =>
        invoice.Enter(15_184.00m, amount, Today, courier, Today, A.Agent.UserId, A.Now);

    [Theory]
    [InlineData("00816022")]
    [InlineData(" 0081 6022 ")]
    [InlineData("００８１６０２２")]
    [InlineData("0081\u20036022")]
    [InlineData("\u200b00816022\ufeff")]
    [InlineData("0081-6022")]
    [InlineData("00８１　6022")]
    public void However_it_is_typed_it_is_the_same_number(string typed) => Invoice.Normalise(typed).ShouldBe("00816022");

    [Theory]
    [InlineData("4200201130", "00816022", true)]
    [InlineData("042002011301", "00816022", true)]
    [InlineData("", "24422000000012345678", true)]          // electronic, 20 digits, no code
    [InlineData("4200201130", "24422000000012345678", false)]
    [InlineData("", "00816022", false)]
    [InlineData("42002", "00816022", false)]
    [InlineData("4200201130", "0081602", false)]
    [InlineData("4200201130", "0081602A", false)]
    [InlineData("4200201130", "", false)]
    public void Number_and_code_have_the_shape_of_their_kind(string code, string number, bool right) =>
        (Invoice.CheckNumber(code, number) is null).ShouldBe(right);

    [Fact]
    public void The_amount_equals_the_approved_one_to_the_cent()
    {
        Enter(Paper(), 15_148.00m).Problem.ShouldBeOfType<InvoiceAmountDiffers>().Args.ShouldBe(["15,148.00", "15,184.00", "36.00"]);
        Enter(Paper(), 15_184.01m).Failed.ShouldBeTrue();
        Enter(Paper(), 15_184m).Failed.ShouldBeFalse();
    }

    [Fact]
    public void A_paper_invoice_needs_a_courier_number_an_electronic_one_does_not()
    {
        Enter(Paper(), 15_184m, " ").Problem.ShouldBeOfType<CourierMissing>();
        Enter(new Invoice { Id = A.NewId(), ApplicationId = A.NewId(), Code = "", Number = "24422000000012345678" }, 15_184m, null)
            .Failed.ShouldBeFalse();
    }

    [Fact]
    public void It_is_not_issued_tomorrow() =>
        Paper().Enter(1, 1, Today.AddDays(1), "SF1", Today, A.Agent.UserId, A.Now).Problem.ShouldBeOfType<InvoiceDateAhead>();

    [Fact]
    public void A_voided_one_may_be_entered_again()
    {
        var invoice = Paper();
        Enter(invoice, 15_184m);
        invoice.Void("抬头不对", A.Now);
        Enter(invoice, 15_184m).Failed.ShouldBeFalse();
        invoice.ShouldSatisfyAllConditions(i => i.State.ShouldBe(InvoiceState.Entered), i => i.VoidReason.ShouldBeNull());
    }
}

/// <summary>An entry is never changed; it is taken back once, with a reason.</summary>
public class LedgerEntryTests
{
    private static async Task<LedgerEntry> Booked()
    {
        var application = await A.Reported(86, 1000);
        var invoice = new Invoice { Id = A.NewId(), ApplicationId = application.Id, Code = "4200201130", Number = "00816022" };
        invoice.Enter(800, 800, new(2026, 5, 11), "SF1", new(2026, 5, 11), A.Agent.UserId, A.Now);
        invoice.Receive(new(2026, 5, 11), new(2026, 5, 11), A.Support.UserId);
        application.Invoices.Add(invoice);
        application.Decide(Disposition.PayBack, A.Support.UserId, A.Now).Failed.ShouldBeFalse();
        return LedgerEntry.Book(A.NewId(), "WL-2026-0001", application, A.Now);
    }

    [Fact]
    public async Task A_decision_is_booked_with_its_kind_and_amount() =>
        (await Booked()).ShouldSatisfyAllConditions(e => e.Kind.ShouldBe(LedgerKind.PayBack), e => e.Amount.ShouldBe(800), e =>
            e.Books.ShouldBe(e.ApplicationId));

    [Fact]
    public async Task A_reversal_carries_the_opposite_amount_and_the_reason()
    {
        var entry = await Booked();
        var reversal = entry.Reverse(A.NewId(), "WL-2026-0002", false, "付错户头", A.Support.UserId, A.Now).Value;
        reversal.ShouldSatisfyAllConditions(r => r.Amount.ShouldBe(-800), r => r.Reverses.ShouldBe(entry.Id), r => r.Books.ShouldBeNull(), r =>
            r.Account.ShouldBe(Disposition.PayBack));
    }

    [Fact]
    public async Task A_reversal_needs_a_reason_happens_once_and_is_final()
    {
        var entry = await Booked();
        entry.Reverse(A.NewId(), "V", false, " ", A.Support.UserId, A.Now).Problem.ShouldBeOfType<ReversalReasonMissing>();
        entry.Reverse(A.NewId(), "V", true, "错", A.Support.UserId, A.Now).Problem.ShouldBeOfType<ReversedAlready>();
        entry.Reverse(A.NewId(), "V", false, "错", A.Support.UserId, A.Now).Value.Reverse(A.NewId(), "W", false, "错", A.Support.UserId, A.Now)
            .Problem.ShouldBeOfType<ReversalOfReversal>();
    }
}
