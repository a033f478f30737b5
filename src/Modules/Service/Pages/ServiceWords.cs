using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Service.Pages;

/// <summary>How states and people of service are said on pages.</summary>
internal static class ServiceWords
{
    public static string Href(Guid complaint) => $"/service/complaints/{complaint}";

    public static string Href(RecordKind kind, Guid id) => $"/service/records/{kind.ToString().ToLowerInvariant()}/{id}";
    public static string NewHref(RecordKind kind, Guid? customer) =>
        $"/service/records/{kind.ToString().ToLowerInvariant()}/new" + (customer is { } c ? $"?customer={c}" : "");

    public static StateLook Look(ComplaintState state, bool mine = false) => state switch
    {
        ComplaintState.Closed => StateLook.Done,
        ComplaintState.Cancelled => StateLook.Gone,
        ComplaintState.Reopened => StateLook.Returned,
        ComplaintState.AwaitingCallBack => StateLook.Hold,
        _ => mine ? StateLook.Returned : StateLook.Wait,
    };

    public static string Join(this Texts t, IEnumerable<string> names) => string.Join(t["service.and"], names);

    /// <summary>Working days a step has taken so far or took.</summary>
    public static string Days(this Texts t, int days, bool open) =>
        open ? days == 0 ? t["service.days.today"] : t["service.days.so-far", days] : days == 0 ? t["service.days.same"]
        : t["service.days.took", days];
}
