using System.Globalization;
using CrmFlow.Engine;

namespace CrmFlow.Tasks;

/// <summary>
/// What choosing an action means to a vote and to the colour of its button. Only <see cref="Return"/> and <see cref="Refuse"/> are disagreement.
/// </summary>
public enum ActionKind { Approve, Return, Refuse, Neutral }

/// <summary>One decision a step offers, as its definition lists it (<c>actions</c>).</summary>
/// <param name="Name">The outcome followed; never shown.</param>
public sealed record TaskAction(string Name, string Label, ActionKind Kind)
{
    public string? LabelEn { get; init; }
    public bool OpinionRequired { get; init; }
    public bool SignatureRequired { get; init; }
    /// <summary>The step to go back to instead of following a port.</summary>
    public string? ReturnTo { get; init; }
    /// <summary>The step gone back to continues here when it is done, instead of the steps between.</summary>
    public bool StraightBack { get; init; }

    public bool IsDisagreement => Kind is ActionKind.Return or ActionKind.Refuse;
    public string LabelIn(CultureInfo culture) => culture.TwoLetterISOLanguageName == "en" ? LabelEn ?? Label : Label;

    /// <summary>Reads the plain JSON list. Throws with what is wrong; publishing checks the same.</summary>
    internal static IReadOnlyList<TaskAction> Read(Value list)
    {
        if (list.Kind != ValueKind.Array || list.Items.Count == 0)
            throw new InvalidOperationException(
            "The step offers no actions. Give it at least one: [{\"name\":\"Approve\",\"label\":\"OK\",\"kind\":\"approve\"}].");
        var actions = list.Items.Select(ReadOne).ToList();
        if (actions.GroupBy(a => a.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"The step offers the action '{twice.Key}' twice. Action names are its ports and must differ.");
        return actions;
    }

    private static TaskAction ReadOne(Value item)
    {
        if (item["name"].ToText() is not { Length: > 0 } name)
            throw new InvalidOperationException("An action has no name. The name is the port that is followed.");
        var kind = item["kind"].ToText() is not { } text ? ActionKind.Neutral
            : Enum.TryParse<ActionKind>(text, ignoreCase: true, out var k) ? k
            : throw new InvalidOperationException($"The action '{name}' is of kind '{text}'. It can be approve, return, refuse or neutral.");
        return new TaskAction(name, item["label"].ToText() ?? name, kind)
        {
            LabelEn = item["labelEn"].ToText(),
            // Whoever disagrees says why, unless the definition waives it.
            OpinionRequired = item["opinionRequired"].Kind == ValueKind.Boolean ? item["opinionRequired"].IsTrue
                : kind is ActionKind.Return or ActionKind.Refuse,
            SignatureRequired = item["signature"].IsTrue,
            ReturnTo = item["returnTo"].ToText(),
            StraightBack = item["straightBack"].IsTrue,
        };
    }
}
