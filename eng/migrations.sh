#!/usr/bin/env bash
# Regenerates the one Initial migration of each provider from the model as it stands. Until 1.0 migrations are regenerated after merging, never hand-merged.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
for provider in Sqlite PostgreSql SqlServer; do rm -rf "src/Host/Migrations/$provider"; done
dotnet build src/Host -v q -nologo
for provider in Sqlite PostgreSql SqlServer; do
  dotnet ef migrations add Initial --no-build --project src/Host --context "${provider}CrmDbContext" --output-dir "Migrations/$provider"
done
