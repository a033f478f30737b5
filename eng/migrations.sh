#!/usr/bin/env bash
# Adds a migration of this name to all three providers, from what the model has that their last one has not. Databases in the field have those there are:
# a migration that was once on main is never changed, taken away or made again.
#   ./eng/migrations.sh AddContracts
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 1 ] && [[ $1 =~ ^[A-Z][A-Za-z0-9]+$ ]] || { echo "usage: eng/migrations.sh NAME, such as AddContracts" >&2; exit 1; }
dotnet tool restore >/dev/null
dotnet build src/Migrations -v q -nologo
for provider in Sqlite PostgreSql SqlServer; do
  dotnet ef migrations add "$1" --no-build --project src/Migrations --context "${provider}CrmDbContext" --output-dir "$provider" --namespace "CrmFlow.Migrations.$provider"
done
