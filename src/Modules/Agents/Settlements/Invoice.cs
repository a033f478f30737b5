using System.Globalization;
using System.Text;
using CrmFlow.Runtime;

namespace CrmFlow.Agents;

public enum InvoiceState { Entered, Received, Voided }

/// <summary>
/// A paper or electronic invoice an agent sent for one application. Code and number together name an invoice; over all agents each stands once.
/// A voided one may be entered again in the same application, and only there.
/// </summary>
internal sealed class Invoice
{
    public required Guid Id { get; init; }
    public required Guid ApplicationId { get; init; }
    /// <summary>发票代码; empty for electronic invoices of 20 digits.</summary>
    public required string Code { get; init; }
    /// <summary>发票号码, digits only.</summary>
    public required string Number { get; init; }
    /// <summary>Code and number; unique.</summary>
    public string Key { get => KeyOf(Code, Number); private set { } }
    public DateOnly IssuedOn { get; private set; }
    public string? CourierNo { get; private set; }
    public decimal Amount { get; private set; }
    public InvoiceState State { get; private set; }
    public Guid EnteredBy { get; private set; }
    public DateTimeOffset EnteredAt { get; private set; }
    public Guid? ReceivedBy { get; private set; }
    public DateOnly? ReceivedOn { get; private set; }
    public DateTimeOffset? VoidedAt { get; private set; }
    public string? VoidReason { get; private set; }

    public static string KeyOf(string code, string number) => code.Length == 0 ? number : $"{code}-{number}";

    /// <summary>The digits a person meant: full-width forms folded, spaces, invisible characters and hyphens dropped.</summary>
    public static string Normalise(string? typed) => string.Concat((typed ?? "").Normalize(NormalizationForm.FormKC)
        .Where(c => !char.IsWhiteSpace(c)
            && CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.DashPunctuation or UnicodeCategory.Control)));

    /// <summary>Null when the pair is a paper invoice (8 digits, code of 10 or 12) or an electronic one (20 digits, no code).</summary>
    public static Problem? CheckNumber(string code, string number)
    {
        if (number.Length == 0) return new InvoiceNumberMissing();
        if (!number.All(char.IsAsciiDigit) || number.Length is not (8 or 20)) return new InvoiceNumberShape(number);
        if (number.Length == 20) return code.Length == 0 ? null : new InvoiceCodeNotWanted();
        return code.All(char.IsAsciiDigit) && code.Length is 10 or 12 ? null : new InvoiceCodeShape(code);
    }

    /// <summary>Enters it, for the first time or again after it was voided.</summary>
    public Result Enter(decimal approved, decimal amount, DateOnly issuedOn, string? courierNo, DateOnly today, Guid by, DateTimeOffset now)
    {
        if (amount != approved) return new InvoiceAmountDiffers(amount, approved);
        if (issuedOn > today) return new InvoiceDateAhead(issuedOn);
        if (Number.Length == 8 && string.IsNullOrWhiteSpace(courierNo)) return new CourierMissing();
        (Amount, IssuedOn, CourierNo, State, EnteredBy, EnteredAt) =
            (amount, issuedOn, string.IsNullOrWhiteSpace(courierNo) ? null : courierNo.Trim(), InvoiceState.Entered, by, now);
        (ReceivedBy, ReceivedOn, VoidedAt, VoidReason) = (null, null, null, null);
        return Result.Ok;
    }

    public Result Receive(DateOnly on, DateOnly today, Guid by)
    {
        if (on > today) return new ReceiptDateAhead(on);
        (State, ReceivedBy, ReceivedOn) = (InvoiceState.Received, by, on);
        return Result.Ok;
    }

    /// <summary>Sent back by the support centre or finance; the agent enters it again or enters another.</summary>
    public void Void(string? reason, DateTimeOffset now) => (State, VoidedAt, VoidReason) = (InvoiceState.Voided, now, reason);
}

internal sealed record InvoiceNumberMissing : Problem
{
    public InvoiceNumberMissing() : base("agents.problem.invoice-number-missing") => Field = "number";
}
internal sealed record InvoiceNumberShape : Problem
{
    public InvoiceNumberShape(string number) : base("agents.problem.invoice-number-shape", number) => Field = "number";
}
internal sealed record InvoiceCodeShape : Problem
{
    public InvoiceCodeShape(string code) : base("agents.problem.invoice-code-shape", code) => Field = "code";
}
internal sealed record InvoiceCodeNotWanted : Problem
{
    public InvoiceCodeNotWanted() : base("agents.problem.invoice-code-not-wanted") => Field = "code";
}
internal sealed record InvoiceAmountDiffers : Problem
{
    public InvoiceAmountDiffers(decimal amount, decimal approved)
        : base("agents.problem.invoice-amount", Yuan.Text(amount), Yuan.Text(approved), Yuan.Text(Math.Abs(amount - approved))) => Field = "amount";
}
internal sealed record InvoiceDateAhead : Problem
{
    public InvoiceDateAhead(DateOnly date) : base("agents.problem.invoice-date-ahead", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) =>
        Field = "issuedOn";
}
internal sealed record ReceiptDateAhead : Problem
{
    public ReceiptDateAhead(DateOnly date) : base("agents.problem.receipt-date-ahead", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) =>
        Field = "receivedOn";
}
internal sealed record CourierMissing : Problem
{
    public CourierMissing() : base("agents.problem.courier-missing") => Field = "courier";
}
/// <summary>
/// The invoice stands in another application, of this agent or of another one, whose number is only told when the actor may see it.
/// </summary>
internal sealed record InvoiceUsed : Problem
{
    public InvoiceUsed(string number, string usedIn) : base("agents.problem.invoice-used", number, usedIn) => Field = "number";
    public InvoiceUsed(string number) : base("agents.problem.invoice-used-elsewhere", number) => Field = "number";
}
