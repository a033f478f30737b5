#!/usr/bin/env bash
# Runs one bench, Release. Every headline figure is a ratio measured against its baseline in the same run.
#   ./eng/bench.sh                    lists the benches
#   ./eng/bench.sh NAME [--quick]
# Last line: NAME metric=value … target=… pass|fail; exit status 0 only on pass.
set -eu
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build bench/CrmFlow.Bench -c Release -v q -clp:NoSummary >&2
exec bench/CrmFlow.Bench/bin/Release/net10.0/CrmFlow.Bench "$@"
