using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Service;

/// <summary>Keys of the dictionaries of service, and the starter values they ship with (C-24).</summary>
public static class ServiceDictionaries
{
    public const string ServiceType = "service.type", VisitNature = "service.visit-nature", VisitMethod = "service.visit-method",
        HotlineMethod = "service.hotline-method", ComplaintSource = "service.complaint-source";

    internal static IServiceCollection AddServiceDictionaries(this IServiceCollection services) => services
        .AddDictionary(ServiceType, Group, ("Install", "安装调试", "Installation"), ("Training", "培训", "Training"), ("Repair", "故障处理", "Repair"),
            ("Upgrade", "升级", "Upgrade"), ("Inspection", "巡检", "Inspection"), ("Consulting", "技术咨询", "Consulting"))
        .AddDictionary(VisitNature, Group, ("BusinessContact", "业务联系", "Business contact"), ("ServiceFeedback", "服务反馈", "Service feedback"),
            ("ServiceFollowUp", "服务回访", "Service follow-up"), ("Quotation", "客户报价", "Quotation"))
        .AddDictionary(VisitMethod, Group, ("Phone", "电话", "Phone"), ("OnSite", "上门", "On site"), ("Mail", "邮件", "Mail"),
            ("Message", "短信或微信", "Text message"), ("Letter", "信函", "Letter"))
        .AddDictionary(HotlineMethod, Group, ("Phone", "电话解答", "By phone"), ("Remote", "远程协助", "Remote assistance"),
            ("Forward", "转技术人员", "Passed on"), ("OnSite", "安排上门", "Visit arranged"))
        .AddDictionary(ComplaintSource, Group, ("Phone", "电话", "Phone"), ("OnSite", "来访", "In person"), ("Mail", "邮件", "Mail"),
            ("Agent", "代理商转来", "Through an agent"), ("Process", "流程转来", "From a process"));

    private const string Group = "service.dictionaries";
}
