using Microsoft.Extensions.Configuration;

namespace CrmFlow.Runtime;

/// <summary>
/// Where everything of an installation lies unless a setting of its own says otherwise: the SQLite database, uploaded files, sign-in keys, backups,
/// demonstration sign-ins. Configuration <c>Data:Folder</c>, by default <c>data</c> in the current directory.
/// </summary>
public static class DataFolder
{
    public static string Of(IConfiguration configuration) =>
        Path.GetFullPath(configuration["Data:Folder"] is { Length: > 0 } folder ? folder : "data");
}
