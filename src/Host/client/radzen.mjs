// What the pages take of Radzen: its sheet, its script and, of its icon font of a megabyte, the icons somebody asks for.
// node radzen.mjs <Radzen's static web assets> <sources> <wwwroot>
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fontverter from 'fontverter';
import * as hb from 'harfbuzzjs';
import subsetFont from 'subset-font';

const [radzen, sources, wwwroot] = process.argv.slice(2);
const read = (...path) => readFileSync(join(...path), 'utf8').replace(/^\uFEFF/, '');
function write(name, content) {
  mkdirSync(join(wwwroot, 'radzen'), { recursive: true });
  writeFileSync(join(wwwroot, 'radzen', name), content);
}

// Without its fonts: ours are the device's, and the icons' is cut below and declared by the page, which knows its fingerprint.
const sheet = read(radzen, 'css/standard-base.css');
write('radzen.css', sheet.replace(/@font-face\s*\{[^}]*\}/g, ''));
write('radzen.js', read(radzen, 'Radzen.Blazor.min.js').replace(/\n?\/\/# sourceMappingURL=\S*\s*$/, ''));

// An icon is a word the font has one glyph for. Every word that stands alone between quotes is tried, whatever names the icon in the end,
// a component's parameter or a table in C#: a few words that only happen to be icons come along, and none that is used can be left out.
// Of Radzen it is what its sheet draws.
const words = new Set([...sheet.matchAll(/content:\s*"([a-z0-9_]+)"/g)].map(m => m[1]));
const named = new Map(); // beyond doubt an icon, with the file that names it
for (const file of readdirSync(sources, { recursive: true })) {
  if (!/\.(razor|cs)$/.test(file) || /(^|[\\/])(bin|obj|node_modules|Migrations)[\\/]/.test(file)) continue;
  const text = read(sources, file);
  for (const m of text.matchAll(/"([a-z0-9_]+)"/g)) words.add(m[1]);
  for (const m of text.matchAll(/\bIcon(?: Name)?="([^"@]+)"/g)) named.set(m[1], file);
}

const whole = readFileSync(join(radzen, 'fonts/MaterialSymbolsOutlined.woff2'));
const face = new hb.Face(new hb.Blob(await fontverter.convert(whole, 'sfnt')));
const font = new hb.Font(face);
const characterOf = new Map([...face.collectUnicodes()].map(character => [font.nominalGlyph(character), character]));
const icons = new Map();
for (const word of words) {
  const buffer = new hb.Buffer();
  buffer.addText(word);
  buffer.guessSegmentProperties();
  hb.shape(font, buffer);
  const glyphs = buffer.getGlyphInfos();
  if (word.length > 1 && glyphs.length === 1) icons.set(word, characterOf.get(glyphs[0].codepoint));
}
const unknown = [...named].filter(([name]) => !icons.has(name));
for (const [name, file] of unknown) {
  console.error(`${join(sources, file)} : error ICON : '${name}' is no icon of Material Symbols; https://fonts.google.com/icons shows those that are.`);
}
if (unknown.length > 0) process.exit(1); // before the font is written, or the next build would take it for done

// The letters stay, for the words are drawn from them; of the ligatures those whose icon is there. No page fills an icon, and their weights
// are 300 and 400.
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789_ ';
write('icons.woff2', await subsetFont(whole, letters + String.fromCodePoint(...icons.values()), {
  targetFormat: 'woff2', noLayoutClosure: true, variationAxes: { FILL: 0, wght: { min: 300, max: 400 } },
}));
write('icons.txt', read(radzen, 'fonts/LICENSE-APACHE-MaterialSymbols.txt'));
