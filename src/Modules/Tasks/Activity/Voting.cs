namespace CrmFlow.Tasks;

/// <summary>Whose decision counts: the first one, or everybody's.</summary>
public enum Vote { First, All }

/// <summary>What disagreement does while others have not decided: ends the vote at once, or waits until everybody has spoken.</summary>
public enum RejectPolicy { Veto, WaitForAll }

/// <summary>A decided vote: the action followed and the rule that decided, frozen with it.</summary>
/// <param name="Rule">first, veto, all-agreed or disagreement-after-all.</param>
internal sealed record Verdict(TaskAction Action, string Rule);

internal static class Voting
{
    /// <summary>Decides from the decisions so far, in the order they were made; null while it is open.</summary>
    public static Verdict? Decide(Vote vote, RejectPolicy policy, IReadOnlyList<TaskAction> decisions, int undecided)
    {
        if (decisions.Count == 0) return null;
        if (vote == Vote.First) return new(decisions[0], "first");
        var disagreement = decisions.FirstOrDefault(d => d.IsDisagreement);
        if (disagreement is not null && policy == RejectPolicy.Veto) return new(disagreement, "veto");
        if (undecided > 0) return null;
        return disagreement is not null ? new(disagreement, "disagreement-after-all") : new(decisions[^1], "all-agreed");
    }
}
