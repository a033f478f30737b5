using CrmFlow.Engine;
using FsCheck;
using FsCheck.Fluent;

namespace CrmFlow.Engine.Tests;

/// <summary>Words stored before their reader is known (see <see cref="Phrase"/>).</summary>
public sealed class PhraseTests
{
    private static readonly Dictionary<string, string> Words = new() { ["birthday"] = "Birthday", ["of"] = "{0} of {1}" };

    private static string Say(string text, bool english = true) =>
        Phrase.Say(text, (key, arguments) => Words.TryGetValue(key, out var words) ? string.Format(null, words, arguments) : null, english);

    [Fact]
    public void A_phrase_inside_a_text_and_inside_another_is_said_in_place()
    {
        Say($"{Phrase.Of("birthday")} 黄明，武汉").ShouldBe("Birthday 黄明，武汉");
        Say($"[{Phrase.Of("of", Phrase.Of("birthday"), Phrase.Both("黄明", "Huang"))}]").ShouldBe("[Birthday of Huang]");
        Say(Phrase.Of("of", Phrase.Of("of", "a", Phrase.Both("甲|乙", "x|y")), "b")).ShouldBe("a of x|y of b");
    }

    [Fact]
    public void Words_in_both_languages_are_the_readers()
    {
        Say(Phrase.Both("中秋节", "Mid-Autumn"), english: true).ShouldBe("Mid-Autumn");
        Say(Phrase.Both("中秋节", "Mid-Autumn"), english: false).ShouldBe("中秋节");
        Phrase.Both("中秋节", null).ShouldBe("中秋节");
    }

    [Theory]
    [InlineData("no phrase at all")]
    [InlineData("⟦nobody|knows⟧ this")]
    [InlineData("⟦")]
    [InlineData("⟧|\\")]
    public void What_is_no_phrase_stays_as_it_stands(string text) => Say(text).ShouldBe(text);

    [Fact]
    public void A_phrase_whose_end_was_cut_off_is_said_with_what_is_left()
    {
        var stored = Phrase.Of("of", "Anna", "Bergmann");
        for (var length = stored.IndexOf("Anna", StringComparison.Ordinal) + 2; length < stored.Length; length++)
            Phrase.Say(stored[..length], (_, arguments) => string.Join('/', arguments), isEnglish: true).ShouldStartWith("An");
    }

    [Fact]
    public void As_deep_as_somebody_may_nest_it_nothing_breaks() => Say(new string('⟦', 100_000)).Length.ShouldBe(100_000);

    /// <summary>Whatever people are called, their names come back as they were.</summary>
    [Fact]
    public void Any_argument_comes_back() =>
        Prop.ForAll(Gen.Elements("甲", "b", "|", "\\", "⟦", "⟧", "=", "{0}", " ").ListOf().Select(parts => string.Concat(parts)).Where(IsNoPhrase)
            .ToArbitrary(), argument =>
            {
                IReadOnlyList<string>? heard = null;
                var said = Phrase.Say("<" + Phrase.Of("key", argument, "last") + ">", (_, arguments) =>
                    { heard = arguments; return "!"; }, isEnglish: true);
                return said == "<!>" && heard is [var first, "last"] && first == argument;
            }).QuickCheckThrowOnFailure();

    /// <summary>An argument with as many ends as beginnings is taken for one that holds phrases.</summary>
    private static bool IsNoPhrase(string text) => text.Count(c => c == '⟦') != text.Count(c => c == '⟧') || !text.Contains('⟦');
}
