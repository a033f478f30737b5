namespace CrmFlow.Runtime;

/// <summary>
/// The business zone (configuration <c>Business:TimeZone</c>, default Asia/Shanghai): the only source of local dates. The machine's zone is never
/// asked.
/// </summary>
public sealed class BusinessTime(TimeZoneInfo zone, TimeProvider clock)
{
    public TimeZoneInfo Zone => zone;
    public DateTimeOffset Now => clock.GetUtcNow();
    public DateOnly Today => DateOf(Now);
    public DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    /// <summary>The instant of a local date and time; a time the zone skips moves forward by the gap, an ambiguous one is the first.</summary>
    public DateTimeOffset At(DateOnly date, TimeOnly time)
    {
        var local = date.ToDateTime(time);
        // Read with the offset that held before the gap: 02:30 becomes 03:30 in most zones, 02:15 becomes 02:45 where the gap is half an hour.
        if (zone.IsInvalidTime(local)) return new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-1))).ToUniversalTime();
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
