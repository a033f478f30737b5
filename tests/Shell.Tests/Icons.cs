namespace CrmFlow.Shell.Tests;

/// <summary>Icons are words drawn by a font that was cut, when built, to the words the sources name.</summary>
internal static class Icons
{
    /// <summary>Words on the page that the font should draw as one square and does not, of elements and of what a sheet puts beside them.</summary>
    public static Task<string[]> MissingAsync(Person person) => person.Page.EvaluateAsync<string[]>(
        """
        async () => {
            const family = "'Material Symbols'";
            await document.fonts.load(`48px ${family}`, 'abc');
            const words = new Set();
            for (const e of document.querySelectorAll('body *')) {
                for (const part of [null, '::before', '::after']) {
                    const style = getComputedStyle(e, part);
                    if (!style.fontFamily.includes('Material Symbols')) continue;
                    if (part === null) for (const n of e.childNodes) { if (n.nodeType === 3 && n.data.trim()) words.add(n.data.trim()); }
                    else if (/^".+"$/.test(style.content)) words.add(style.content.slice(1, -1));
                }
            }
            const pen = document.createElement('canvas').getContext('2d');
            pen.font = `48px ${family}`;
            return [...words].filter(word => Math.abs(pen.measureText(word).width - 48) > 0.5);
        }
        """);
}
