using CrmFlow.Runtime;

namespace CrmFlow.Service;

/// <summary>What was done with or for a customer, one entry of one of the four books.</summary>
internal abstract class CustomerRecord : BusinessRecord
{
    public required Guid CustomerId { get; init; }
    /// <summary>When it took place: what its list is ordered by.</summary>
    public DateTimeOffset At { get; set; }
}

/// <summary>T-06 服务记录, entered by the engineer on return. <see cref="CustomerRecord.At"/> is 服务起始时间.</summary>
internal sealed class ServiceRecord : CustomerRecord
{
    /// <summary>服务类型; dictionary <see cref="ServiceDictionaries.ServiceType"/>.</summary>
    public string? ServiceType { get; set; }
    /// <summary>服务对象.</summary>
    public string? ServiceTarget { get; set; }
    /// <summary>服务终止时间.</summary>
    public DateTimeOffset? EndedAt { get; set; }
    /// <summary>服务地点.</summary>
    public string? Location { get; set; }
    /// <summary>服务工程师.</summary>
    public Guid? EngineerId { get; set; }
    /// <summary>应收服务费用, yuan.</summary>
    public decimal? FeeReceivable { get; set; }
    /// <summary>实收服务费, yuan.</summary>
    public decimal? FeeReceived { get; set; }
    /// <summary>服务联系人.</summary>
    public string? ContactName { get; set; }
    /// <summary>联系方式.</summary>
    public string? ContactInfo { get; set; }
    /// <summary>服务完成情况描述.</summary>
    public required string CompletionNotes { get; set; }
}

/// <summary>T-07 回访记录. <see cref="CustomerRecord.At"/> is 回访时间.</summary>
internal sealed class FollowUpVisit : CustomerRecord
{
    /// <summary>回访性质; dictionary <see cref="ServiceDictionaries.VisitNature"/>.</summary>
    public required string Nature { get; set; }
    /// <summary>回访人.</summary>
    public Guid? VisitorId { get; set; }
    /// <summary>受访人 (C-26: the seed's 采访人).</summary>
    public string? Respondent { get; set; }
    /// <summary>联系电话.</summary>
    public string? Phone { get; set; }
    /// <summary>回访方式; dictionary <see cref="ServiceDictionaries.VisitMethod"/>.</summary>
    public string? Method { get; set; }
    /// <summary>回访内容.</summary>
    public required string Content { get; set; }
    /// <summary>回访结果 (TIM-04: what the next visit builds on).</summary>
    public string? Result { get; set; }
    /// <summary>是否完成.</summary>
    public bool IsCompleted { get; set; }
    public Guid? ComplaintId { get; init; }
}

/// <summary>T-10 热线记录 with who called. <see cref="CustomerRecord.At"/> is 服务日期.</summary>
internal sealed class HotlineRecord : CustomerRecord
{
    /// <summary>服务人.</summary>
    public Guid? ServedBy { get; set; }
    /// <summary>服务方法; dictionary <see cref="ServiceDictionaries.HotlineMethod"/>.</summary>
    public string? Method { get; set; }
    /// <summary>客户问题描述.</summary>
    public required string Problem { get; set; }
    /// <summary>问题解决方法.</summary>
    public string? Solution { get; set; }
    /// <summary>问题是否解决.</summary>
    public bool IsResolved { get; set; }
    /// <summary>来电人.</summary>
    public string? ContactName { get; set; }
    /// <summary>来电号码 (F-TEL-1).</summary>
    public string? CallerNumber { get; set; }
    public InteractionDirection Direction { get; set; }
    /// <summary>The telephone system's own id of the call.</summary>
    public string? CallId { get; set; }
}

/// <summary>服务类型 of CUS-15.</summary>
public enum InteractionDirection { Incoming, Outgoing }

/// <summary>服务类别 of CUS-15.</summary>
public enum InteractionCategory { Consultation, Complaint, Suggestion, FollowUp }

/// <summary>重要等级 of CUS-15.</summary>
public enum InteractionImportance { Normal, Important, Urgent }

/// <summary>处理状态 of CUS-15.</summary>
public enum InteractionStatus { Pending, InHand, Done }

/// <summary>CUS-15 交流记录: the one stream (C-30). 投诉 links the complaint it became, 回访 the visit.</summary>
internal sealed class Interaction : CustomerRecord
{
    /// <summary>服务编号, without gaps within a year.</summary>
    public required string No { get; init; }
    /// <summary>联系人.</summary>
    public string? ContactName { get; set; }
    /// <summary>电话.</summary>
    public string? Phone { get; set; }
    public InteractionDirection Direction { get; set; }
    public InteractionCategory Category { get; set; }
    public InteractionImportance Importance { get; set; }
    public InteractionStatus Status { get; set; }
    /// <summary>内容描述.</summary>
    public required string Content { get; set; }
    public Guid? ComplaintId { get; set; }
    public Guid? VisitId { get; set; }
}
