namespace CrmFlow.Runtime;

internal sealed class DuePump
{
    public const string BookmarkKind = "bookmark";
}
