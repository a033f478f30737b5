namespace CrmFlow.Service;

/// <summary>Keys of the dictionaries of service, and the starter values they ship with (C-24).</summary>
public static class ServiceDictionaries
{
    public const string ServiceType = "service.type", VisitNature = "service.visit-nature", VisitMethod = "service.visit-method", HotlineMethod = "service.hotline-method", ComplaintSource = "service.complaint-source";
}
