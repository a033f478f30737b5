using System.Globalization;
using System.Text.Json;

namespace CrmFlow.Engine;

/// <summary>The counters of flowcharts, and the ways back that returns left.</summary>
internal readonly partial struct StateReader
{
    private static FlowchartState Flow(ref Utf8JsonReader reader)
    {
        var start = 0;
        int[] visits = [], connections = [], flags = [];
        List<(int Node, int[] Counters)>? snapshots = null;
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "start": start = reader.GetInt32(); break;
                case "visits": visits = Numbers(ref reader); break;
                case "connections": connections = Numbers(ref reader); break;
                case "flags": flags = Numbers(ref reader); break;
                case "snapshots":
                    snapshots = [];
                    while (Member(ref reader))
                    {
                        var node = int.Parse(reader.GetString()!, CultureInfo.InvariantCulture);
                        reader.Read();
                        snapshots.Add((node, Numbers(ref reader)));
                    }
                    break;
                default: reader.Skip(); break;
            }
        }
        int[]?[]? bySteps = null;
        if (snapshots is not null)
        {
            bySteps = new int[]?[visits.Length];
            foreach (var (node, counters) in snapshots) bySteps[node] = counters;
        }
        return new FlowchartState(start, visits, connections, Array.ConvertAll(flags, f => (byte)f), bySteps);
    }

    private static ReturnMemo Memo(ref Utf8JsonReader reader)
    {
        var address = 0;
        int[] counters = [];
        var reopen = new List<ReopenedStep>();
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "address": address = reader.GetInt32(); break;
                case "counters": counters = Numbers(ref reader); break;
                case "reopen":
                    while (Item(ref reader)) reopen.Add(Reopened(ref reader));
                    break;
                default: reader.Skip(); break;
            }
        }
        return new ReturnMemo(address, counters, [.. reopen]);
    }

    private static ReopenedStep Reopened(ref Utf8JsonReader reader)
    {
        var step = new ReopenedStep(0, false, null);
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "node": step = step with { Node = reader.GetInt32() }; break;
                case "backward": step = step with { ThroughBackward = reader.GetBoolean() }; break;
                case "memo": step = step with { Memo = Memo(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }
        return step;
    }
}
