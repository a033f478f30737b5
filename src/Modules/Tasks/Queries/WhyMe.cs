using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// "Why me" in at most four sentences, from what was recorded when the task was made: the reason, the rule with its value, the others, what happens
/// next.
/// </summary>
internal static class WhyMe
{
    public static async Task<IReadOnlyList<string>> SentencesAsync(CrmDbContext db, LoadedTask loaded, Actor actor, Texts texts, CancellationToken ct)
    {
        var (task, chosen) = (loaded.Task, Value.FromJson(loaded.Task.ChosenBy));
        var sentences = new List<string>();
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        if ((english ? chosen["whyEn"] : chosen["why"]).ToText() is { Length: > 0 } why) sentences.Add(texts.Say(why));

        var rules = chosen["rules"].Items;
        var mine = rules.Where(r => r["people"].Items.Any(p => p["id"].ToGuid() == actor.UserId)).ToList();
        var candidates = rules.SelectMany(r => r["people"].Items).DistinctBy(p => p["id"].ToGuid()).ToList();
        foreach (var rule in mine.Count > 0 ? mine : rules)
            sentences.Add(await RuleAsync(db, rule, isMine: mine.Count > 0, texts, ct));
        if (mine.Count == 0 && loaded.Holding(actor) is not null) sentences.Add(texts["tasks.why.assigned"]);

        var others = candidates.Where(p => p["id"].ToGuid() != actor.UserId).Select(p => p["name"].ToText()).ToList();
        if (others.Count > 0)
        {
            var names = string.Join(texts["ui.enumerate"], others.Take(5)) + (others.Count > 5 ? texts["tasks.and-more", others.Count] : "");
            sentences.Add(task.Vote == Vote.First ? texts["tasks.why.first", names]
                : texts[task.RejectPolicy == RejectPolicy.Veto ? "tasks.why.all-veto" : "tasks.why.all-wait", names]);
        }
        return sentences;
    }

    private static async Task<string> RuleAsync(CrmDbContext db, Value rule, bool isMine, Texts texts, CancellationToken ct)
    {
        var (kind, value) = (rule["kind"].ToText()!, rule["value"].ToText() ?? "");
        var principal = kind switch { "role" => Principal.Role(value), "departmentHead" => Principal.Department(value), "agent" => $"a:{value}", _ =>
            null };
        var name = principal is not null && (await db.PrincipalNamesAsync([principal], ct)).TryGetValue(principal, out var found) ? found : value;
        var key = $"tasks.why.{kind}{(rule["people"].Items.Count == 0 ? "-nobody" : isMine ? "" : "-others")}";
        return kind == "field" ? texts[key, rule["from"].ToText()]
            : texts[key, kind == "user" && rule["people"].Items is [var person, ..] ? person["name"].ToText() : name];
    }
}
