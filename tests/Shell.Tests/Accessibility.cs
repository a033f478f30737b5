using Deque.AxeCore.Commons;

namespace CrmFlow.Shell.Tests;

/// <summary>What axe-core finds on a page against WCAG 2.2, levels A and AA.</summary>
internal static class Accessibility
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>
    /// The page as it stands by every rule, then in the other theme by the rules of colours; it is left in the theme it had. Axe is called in the
    /// page, both times in one go: the package's own call opens a second page for each run, which takes longer than the rules.
    /// </summary>
    public static async Task<string[]> ViolationsAsync(Person person)
    {
        await person.Page.EvaluateAsync(Axe);
        return await person.Page.EvaluateAsync<string[]>(
            """
            async () => {
                const root = document.documentElement;
                const mine = root.dataset.theme;
                const found = [];
                const run = async (theme, options) => {
                    root.dataset.theme = theme; // as the button of the theme does it
                    for (const violation of (await axe.run(document, { ...options, resultTypes: ['violations'] })).violations) {
                        for (const node of violation.nodes)
                            found.push(`${location.pathname} ${theme} ${violation.id}: ${node.html} at ${node.target}: ${node.failureSummary}`);
                    }
                };
                await run(mine, {
                    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
                    rules: { 'target-size': { enabled: true } }, // left out unless asked for
                });
                await run(mine === 'dark' ? 'light' : 'dark', { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } });
                root.dataset.theme = mine;
                return found;
            }
            """);
    }
}
