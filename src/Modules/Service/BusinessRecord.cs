namespace CrmFlow.Service;

internal abstract class BusinessRecord
{
    public required Guid Id { get; init; }
    public Guid CreatedBy { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string? SourcePerson { get; set; }
    public string? Remarks { get; set; }
    public bool IsDemo { get; init; }
    public int Revision { get; private set; }
    public void EnteredBy(Guid user, DateTimeOffset at) => (CreatedBy, CreatedAt) = (user, at);
}
