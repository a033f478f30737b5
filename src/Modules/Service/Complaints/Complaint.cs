using CrmFlow.Runtime;

namespace CrmFlow.Service;

/// <summary>Where a complaint stands (R-CMP-2): 新建 → 已分类 → 处理中 → 待回访 → 已关闭, or 重开 and on; 已撤销 from anywhere before the end.</summary>
public enum ComplaintState { New, Classified, InHand, AwaitingCallBack, Reopened, Closed, Cancelled }

/// <summary>C-08: what the complaint is about.</summary>
public enum ComplaintCategory { Product, Service }

/// <summary>How a closed complaint ended: the customer rated it above the threshold, or could not be reached any more.</summary>
public enum ComplaintEnd { Solved, Unreached }

/// <summary>
/// T-08 with C-08: a customer's complaint, one record in two parts (R-CMP-1). The first is what the person who took the call wrote down; the second,
/// one per round, is what was done (<see cref="Handlings"/>). Which step it is at is the process's business; the record refuses what its own rules
/// forbid.
/// </summary>
internal sealed class Complaint : BusinessRecord
{
    /// <summary>投诉编号, without gaps within a year; kept when cancelled.</summary>
    public required string No { get; init; }
    public ComplaintState State { get; private set; }
    public ComplaintCategory? Category { get; private set; }
    public required Guid CustomerId { get; init; }
    public Guid? SalesRecordId { get; init; }
    public Guid? ProductId { get; private set; }
    /// <summary>投诉来源; dictionary <see cref="ServiceDictionaries.ComplaintSource"/>.</summary>
    public string? Source { get; init; }
    /// <summary>投诉人.</summary>
    public required string Complainant { get; init; }
    /// <summary>联系方式.</summary>
    public required string ContactInfo { get; init; }
    /// <summary>投诉内容.</summary>
    public required string Content { get; init; }
    /// <summary>投诉事件.</summary>
    public string? Incident { get; init; }
    /// <summary>投诉时间.</summary>
    public required DateTimeOffset ComplainedAt { get; init; }
    /// <summary>期待解决时间.</summary>
    public DateTimeOffset? ExpectedBy { get; init; }
    /// <summary>核实结果.</summary>
    public string? VerificationResult { get; private set; }
    /// <summary>接待人.</summary>
    public required Guid ReceivedBy { get; init; }
    /// <summary>Frozen when it was recorded.</summary>
    public required ComplaintRules Rules { get; init; }
    public Guid? AssignedTo { get; private set; }
    public DateTimeOffset? CallBackDueAt { get; private set; }
    /// <summary>The last score of a call-back, 1…5.</summary>
    public int? Satisfaction { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public ComplaintEnd? End { get; private set; }
    public string? CancelReason { get; private set; }
    public Guid? CancelledBy { get; private set; }
    /// <summary>1, and one more for every reopening.</summary>
    public int Round { get; private set; } = 1;
    public Guid? InstanceId { get; set; }

    public List<ComplaintHandling> Handlings { get; } = [];
    public List<ComplaintCallBack> CallBacks { get; } = [];

    public bool IsOpen => State is not (ComplaintState.Closed or ComplaintState.Cancelled);
    public ComplaintHandling? Handling => Handlings.Find(h => h.Round == Round);

    public Result Classify(ComplaintCategory category, Guid? product, string? verification)
    {
        if (!IsOpen) return new ComplaintOver(No);
        (State, Category, ProductId, VerificationResult) = (ComplaintState.Classified, category, product, Clean(verification));
        return Result.Ok;
    }

    public Result Assign(Guid technician, ComplaintCategory category)
    {
        if (!IsOpen) return new ComplaintOver(No);
        (State, AssignedTo, Category) = (ComplaintState.InHand, technician, category);
        return Result.Ok;
    }

    /// <summary>The technician gives it back to whoever assigns.</summary>
    public Result HandBack()
    {
        if (!IsOpen) return new ComplaintOver(No);
        (State, AssignedTo) = (ComplaintState.Classified, null);
        return Result.Ok;
    }

    /// <summary>
    /// The second part (T-09) of this round; forms know the time to the minute. Whoever solved it on the spot is also who it is assigned to.
    /// </summary>
    public Result Handle(ComplaintHandling handling)
    {
        if (!IsOpen) return new ComplaintOver(No);
        if (Handling is not null) return new AlreadyHandled(No);
        if (handling.HandledAt < ComplainedAt.AddMinutes(-1)) return new HandledBeforeComplaint();
        Handlings.Add(handling);
        AssignedTo ??= handling.HandledBy;
        return Result.Ok;
    }

    public void PlanCallBack(DateTimeOffset dueAt) => (State, CallBackDueAt) = (ComplaintState.AwaitingCallBack, dueAt);

    /// <summary>A call-back: the customer's score and opinion, or that nobody was reached.</summary>
    public Result CallBack(ComplaintCallBack call)
    {
        if (!IsOpen) return new ComplaintOver(No);
        if (call.Satisfaction is { } score)
        {
            if (score <= Rules.ReopenAtOrBelow && string.IsNullOrWhiteSpace(call.Comment)) return new WhyDissatisfied(score);
            Satisfaction = score;
            Handling?.Rate(score, call.Comment);
        }
        CallBacks.Add(call);
        return Result.Ok;
    }

    /// <summary>The customer is not content: the next round begins.</summary>
    public void Reopen()
    {
        if (!IsOpen) throw new InvalidOperationException($"Complaint {No} is {State}; it cannot be reopened.");
        (State, Round, AssignedTo, CallBackDueAt) = (ComplaintState.Reopened, Round + 1, null, null);
    }

    public void Close(ComplaintEnd end, DateTimeOffset now)
    {
        if (!IsOpen) throw new InvalidOperationException($"Complaint {No} is {State}; it cannot be closed.");
        (State, End, ClosedAt, CallBackDueAt) = (ComplaintState.Closed, end, now, null);
    }

    public Result Cancel(string reason, Guid by, DateTimeOffset now)
    {
        if (!IsOpen) return new ComplaintOver(No);
        (State, CancelReason, CancelledBy, ClosedAt, CallBackDueAt) = (ComplaintState.Cancelled, reason, by, now, null);
        return Result.Ok;
    }

    /// <summary>Recorded in one sitting (C-01): classified and handled by whoever took the call.</summary>
    public void InOneSitting(ComplaintCategory category, ComplaintHandling handling)
    {
        (Category, AssignedTo) = (category, handling.HandledBy);
        Handlings.Add(handling);
    }

    public void About(Guid? product) => ProductId = product;
    public void Verified(string? result) => VerificationResult = Clean(result);

    internal static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>T-09 投诉处理: the second part, one per round.</summary>
internal sealed class ComplaintHandling
{
    public required Guid Id { get; init; }
    public required Guid ComplaintId { get; init; }
    public required int Round { get; init; }
    /// <summary>处理方法.</summary>
    public required string Method { get; init; }
    /// <summary>处理人.</summary>
    public required Guid HandledBy { get; init; }
    /// <summary>处理时间.</summary>
    public required DateTimeOffset HandledAt { get; init; }
    /// <summary>处理地点.</summary>
    public string? Location { get; init; }
    /// <summary>处理结果.</summary>
    public required string Result { get; init; }
    /// <summary>客户满意度, 1…5, from the call-back.</summary>
    public int? Satisfaction { get; private set; }
    /// <summary>客户意见.</summary>
    public string? CustomerComment { get; private set; }
    public string? Remarks { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public void Rate(int satisfaction, string? comment) => (Satisfaction, CustomerComment) = (satisfaction, Complaint.Clean(comment));
}

/// <summary>One attempt to call the customer back; without a score nobody was reached.</summary>
internal sealed class ComplaintCallBack
{
    public required Guid Id { get; init; }
    public required Guid ComplaintId { get; init; }
    public required int Round { get; init; }
    /// <summary>Counted from 1 within the round.</summary>
    public required int Attempt { get; init; }
    public required Guid By { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>受访人.</summary>
    public string? Respondent { get; init; }
    public int? Satisfaction { get; init; }
    public string? Comment { get; init; }
}

internal sealed record ComplaintOver(string No) : Problem("service.problem.complaint-over", No);
internal sealed record AlreadyHandled(string No) : Problem("service.problem.already-handled", No);
internal sealed record HandledBeforeComplaint : Problem
{
    public HandledBeforeComplaint() : base("service.problem.handled-before-complaint") => Field = "handledAt";
}
internal sealed record WhyDissatisfied : Problem
{
    public WhyDissatisfied(int score) : base("service.problem.why-dissatisfied", score) => Field = "comment";
}
