using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace CrmFlow.Runtime;

/// <summary>Tables whose rows lie in the order of their key.</summary>
public static class ClusteredTable
{
    internal const string Annotation = "CrmFlow:Clustered";

    /// <summary>
    /// On SQLite the table is the tree of its key (<c>WITHOUT ROWID</c>), as it is on SQL Server anyway: a row that every burst writes costs one page
    /// where it would cost two. For rows of up to some hundred bytes that are found by their key; nothing may ask for their <c>rowid</c>.
    /// </summary>
    public static void IsClustered<TEntity>(this EntityTypeBuilder<TEntity> entity) where TEntity : class => entity.HasAnnotation(Annotation, true);
}

/// <summary>Creates them; EF has no word for it.</summary>
internal sealed class SqliteClusteredTables(MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations)
    : SqliteMigrationsSqlGenerator(dependencies, annotations)
{
    /// <summary>EF rebuilds a table it cannot alter under this name, and renames it.</summary>
    private const string Rebuilt = "ef_temp_";

    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        base.Generate(operation, model, builder, terminate: false);
        var table = operation.Name.StartsWith(Rebuilt, StringComparison.Ordinal) ? operation.Name[Rebuilt.Length..] : operation.Name;
        if (model?.GetEntityTypes().Any(e => e.GetTableName() == table && e[ClusteredTable.Annotation] is true) == true)
            builder.Append(" WITHOUT ROWID");
        if (!terminate) return;
        builder.AppendLine(Dependencies.SqlGenerationHelper.StatementTerminator);
        EndStatement(builder);
    }
}
