'abcdef'.slice(2, -1) + 'abcdef'.substring(4, 1) + 'abcdef'.substr(-3, 2)
['a,b,c'.split(','), 'abc'.split(''), 'a,b,c'.split(',', 2), 'abc'.split(), ''.split(','), ''.split(''), 'a1b2'.split(/\d/), 'a1b2'.split(/(\d)/)]
['abc'.at(-1), 'abc'.charAt(1), 'abc'.charAt(9), 'abc'.charCodeAt(0), 'abc'.charCodeAt(9), '😀'.codePointAt(0), '😀'.length, 'abc'[1], 'abc'[9]]
['abcabc'.indexOf('c'), 'abcabc'.indexOf('c', 3), 'abcabc'.lastIndexOf('b'), 'abcabc'.lastIndexOf('b', 3), 'abc'.indexOf(''), 'abc'.indexOf('', 9), 'abc'.lastIndexOf(''), 'abc'.lastIndexOf('z')]
['abc'.includes('b'), 'abc'.includes('b', 2), 'abc'.startsWith('b', 1), 'abc'.endsWith('b', 2), 'abc'.endsWith('c')]
['5'.padStart(3, '0'), '5'.padEnd(3), 'abc'.padStart(2), 'x'.padStart(6, 'ab'), 'x'.padEnd(4, '')]
['ab'.repeat(3), 'ab'.repeat(0), '  x \n\t'.trim(), ' x '.trimStart(), ' x '.trimEnd(), '\u3000x\ufeff'.trim()]
['Straße'.toUpperCase(), 'ÀÉ'.toLowerCase(), 'İ'.length]
['aXbX'.replace('X', '-'), 'aXbX'.replaceAll('X', '-'), 'abc'.replace('b', '[$&$`$\']'), 'abc'.replace('b', x => x + x), 'aaa'.replaceAll('a', (m, i) => i), 'abc'.replaceAll('', '-'), 'x'.replace('x', '$$'), 'x'.replace('x', '$1')]
['a-b_c'.replace(/[-_](\w)/g, (m, c) => c.toUpperCase()), '2026-03-05'.replace(/(\d+)-(\d+)-(\d+)/, '$3/$2/$1'), 'aaa'.replace(/a/, 'b'), 'x1y2'.replace(/(?<l>[a-z])(?<d>\d)/g, '$<d>$<l>')]
['a1b22'.match(/\d+/g), 'a1b22'.match(/(\d)(\d)?/), 'abc'.match(/x/), 'abc'.match(/x/g), 'abc'.search(/c/), 'abc'.search('z')]
const m = 'x: 12'.match(/(?<k>\w): (?<v>\d+)/); [m.index, m.input, m.groups.k, m.groups.v, m[0], m.length]
[...'a1b2'.matchAll(/([a-z])(\d)/g)].map(m => m[1] + m[2] + m.index)
const r = /a/g; [r.test('aa'), r.lastIndex, r.test('aa'), r.lastIndex, r.test('aa'), r.lastIndex]
const r = /(\d)(\w)/; const m = r.exec('x1y'); [m[0], m[1], m[2], m.index]
[/^a.c$/.test('abc'), /^a.c$/.test('a\nc'), /a.c/s.test('a\nc'), /^b/m.test('a\nb'), /B/i.test('abc'), /\bfoo\b/.test('a foo b'), /^$/.test(''), /^\d{3,5}$/.test('1234'), /[^a-z]/.test('abc'), /[\w.-]+@[\w-]+\.\w+/.test('a.b@c-d.com')]
[/\d/.test('٣'), /\w/.test('é'), /\s/.test('\u00a0'), /\S/.test('\ufeff'), /[\s\S]/.test('\n'), /[^]/.test('\n'), /[]/.test('a'), /a{,2}/.test('a{,2}'), /x*?y/.test('xxy'), /(?:ab|cd)+/.exec('abcd')[0], /[\]]/.test(']'), /[[]/.test('['), /\u4e16/.test('世'), /a$/.test('a\n')]
[/^1[3-9]\d{9}$/.test('13912345678'), /^[\u4e00-\u9fa5]{2,4}$/.test('王小明'), /^\p{Script=Han}+$/u.test('合同'), /\p{Lu}/u.test('a')]
['a.b*c'.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'a  b'.split(/\s+/), 'CamelCaseText'.replace(/([A-Z])/g, ' $1').trim(), '1234567.891'.replace(/\d/g, 'x')]
new RegExp('a+', 'gi').flags + new RegExp('a/b').source + String(/x/g) + `${new RegExp('')}`
[...'aé😀'], Array.from('ab😀c').length
[[3, 1, 2].sort(), [10, 9, 1].sort(), [10, 9, 1].sort((a, b) => a - b), ['b', undefined, 'a'].sort(), [true, false, 'a', 1, null].sort()]
[{ n: 'a', v: 2 }, { n: 'b', v: 1 }, { n: 'c', v: 2 }, { n: 'd', v: 1 }].sort((x, y) => x.v - y.v).map(x => x.n).join('')
const a = [5, 1, 4]; const b = a.toSorted(); const c = a.toReversed(); const d = a.with(0, 9); const e = a.toSpliced(0, 1, 7, 8); [a, b, c, d, e]
const a = [1, 2, 3, 4, 5]; const r = a.splice(1, 2, 'x', 'y', 'z'); [a, r, a.splice(-2), a, a.splice(1), a]
const a = [1, 2]; [a.push(3, 4), a.pop(), a.shift(), a.unshift(0, 9), a]
[[1, 2, 3].slice(-2), [1, 2, 3].slice(1, 2), [1, 2, 3].concat(4, [5, [6]]), [1, [2, [3, [4]]]].flat(), [1, [2, [3, [4]]]].flat(Infinity), [1, 2].flatMap(x => [x, [x]])]
[[1, 2, 3].includes(2), [NaN].includes(NaN), [NaN].indexOf(NaN), [1, 2, 1].lastIndexOf(1), [1, 2, 3].indexOf(3, -1), [1, 2].includes(1, 1)]
[[1, 2, 3].find(x => x > 1), [1, 2, 3].findIndex(x => x > 5), [1, 2, 3].findLast(x => x < 3), [1, 2, 3].findLastIndex(x => x < 3), [1, 2].find(x => x > 2)]
[[1, 2, 3].some(x => x > 2), [].some(x => true), [].every(x => false), [1, 2].every(x => x > 0), [1, 2, 3].reduce((a, b) => a + b), [1, 2, 3].reduceRight((a, b) => a + '-' + b), [[1, 2], [3]].reduce((a, b) => a.concat(b), [])]
[[1, null, undefined, [2, [3]]].join(), [1, 2].join(''), [].join(), [[]].join(), String([1, [2, 3]]), [null] + '', [1, 2].toString()]
[Array.from({ length: 3 }, (_, i) => i * 2), Array.from(new Set([1, 1, 2])), Array.of(7, 8), Array.isArray([]), Array.isArray({}), new Array(3).fill(0), Array(2, 3), [...Array(3).keys()], Array.from([1, 2], x => x * x)]
[[...[1, 2].entries()], [...[7, 8].keys()], [...[7, 8].values()]]
[[1, 2, 3, 4, 5].copyWithin(0, 3), [1, 2, 3].fill(0, 1, 2), [1, 2, 3].reverse(), [1, 2, 3].at(-1), [1, 2, 3].at(5)]
['1', '2', '10'].map(Number), ['1', '2', '3'].map(parseInt)
[0, 1, '', 'a', null, NaN, []].filter(Boolean)
[1, 2, 3].map(String)
[Math.max(), Math.min(), Math.max(1, '5', 3), Math.max(1, NaN), Math.min(0, -0), Math.max(-0, 0), Math.abs(-5), Math.sign(-3), Math.sign(-0), Math.trunc(-4.7), Math.floor(-4.2), Math.ceil(-4.7), Math.ceil(-0.2)]
[Math.round(2.5), Math.round(-2.5), Math.round(-0.4), Math.round(0.49999999999999994), Math.round(1.005 * 100) / 100, Math.round(NaN), Math.round(-1.5), Math.round(1e20)]
[Math.sqrt(16), Math.cbrt(27), Math.hypot(3, 4), Math.pow(2, 10), Math.pow(1, Infinity), Math.log2(8), Math.log10(1000), Math.exp(0), Math.log(1), Math.clz32(1), Math.imul(3, 4), Math.fround(5.5), Math.atan2(0, 1), Math.PI, Math.E]
[(1.005).toFixed(2), (2.5).toFixed(0), (-2.5).toFixed(0), (1.45).toFixed(1), (0).toFixed(2), (1e21).toFixed(2), (123.456).toFixed(), (-0.0001).toFixed(2), (0.5).toFixed(0), (1.5).toFixed(0), 1000000000000000128..toFixed(1), (-1.5).toFixed(0)]
[(123.456).toPrecision(4), (0.00001).toPrecision(1), (1234.5).toPrecision(2), (0.0000001234).toPrecision(3), (99.99).toPrecision(3), (0).toPrecision(3), (5).toPrecision(), (1e21).toPrecision(3)]
[(12345).toExponential(), (12345).toExponential(2), (0).toExponential(), (0.00015).toExponential(1), (-1.5).toExponential(3)]
[(255).toString(16), (255).toString(2), (-255).toString(36), (0.5).toString(2), (0.1).toString(3), (2 ** 53).toString(7), (3.14159).toString(16), (2 ** 60).toString(36), (0.000001).toString(36)]
[String(1e21), String(1e-7), String(123e-20), String(-0), 1e21 + '', 0.000001 + '', 1.7976931348623157e308 + '', 5e-324 + '', 100 + '', 1e20 + '', 123456789.123456789 + '', 4.35 + '', 0.1 * 3 + '']
[Number('12'), Number(' 12 '), Number('12px'), Number(''), Number('0x1F'), Number('0b11'), Number('1e3'), Number('.5'), Number('5.'), Number('.'), Number('-Infinity'), Number('+5'), Number(null), Number(undefined), Number(true), Number([]), Number([5]), Number([1, 2]), Number({}), Number('1_000'), Number('--1'), Number('\n')]
[parseInt('12px'), parseInt('0x1f'), parseInt('101', 2), parseInt(''), parseInt('-5.9'), parseInt('z', 36), parseInt('9', 8), parseInt(null), parseInt('1e3'), parseFloat('3.14abc'), parseFloat('.5.5'), parseFloat('-Infinityx'), parseFloat('e5'), parseFloat('1e'), parseFloat('  7 ')]
[isNaN('x'), isNaN('1'), isNaN(undefined), isFinite('5'), Number.isNaN('x'), Number.isInteger(5.0), Number.isInteger('5'), Number.isSafeInteger(2 ** 53), Number.isFinite('5'), Number.MAX_SAFE_INTEGER, Number.EPSILON > 0, Number.parseFloat('1.5')]
[Object.keys({ b: 1, a: 2, 1: 0 }), Object.values({ x: 1, y: [2] }), Object.entries({ a: 1 }), Object.assign({}, { a: 1 }, null, { b: 2 }), Object.fromEntries([['a', 1], ['b', 2]]), Object.fromEntries(new Map([['k', 'v']])), Object.keys([5, 6]), Object.keys('ab'), Object.hasOwn({ a: 1 }, 'a'), Object.is(NaN, NaN), Object.is(0, -0)]
const o = Object.freeze({ a: 1 }); [o.a, o.hasOwnProperty('a'), o.hasOwnProperty('b'), o.toString(), String(o), [1].toString(), (5).valueOf(), 'x'.valueOf(), true.toString()]
[JSON.stringify({ a: [1, 'x', null, undefined, () => 1, NaN, Infinity], b: undefined, c: new Date(0), d: { } }), JSON.stringify([]), JSON.stringify('a"\\\n\u0001\ud800世'), JSON.stringify(undefined), JSON.stringify(null), JSON.stringify(new Map([[1, 2]])), JSON.stringify(-0), JSON.stringify(1e21)]
[JSON.stringify({ a: 1, b: [1, { c: 2 }], e: [], f: {} }, null, 2), JSON.stringify([1, [2]], null, '--'), JSON.stringify({ a: 1, b: 2, c: { a: 3, d: 4 } }, ['a', 'c']), JSON.stringify({ a: 1, b: 'x' }, (k, v) => typeof v === 'number' ? v * 2 : v)]
[JSON.parse('{"a":[1,2,{"b":null}],"c":"x\\u0041"}'), JSON.parse('3'), JSON.parse(' [] '), JSON.parse('{"a":1,"a":2}'), JSON.parse('{"x":5,"y":[1]}', (k, v) => typeof v === 'number' ? v + 1 : v), JSON.parse('-0')]
JSON.parse('{bad}')
JSON.parse('')
JSON.stringify({ toJSON() { return 'custom' } })
const a = {}; a.self = a; JSON.stringify(a)
const m = new Map([['a', 1]]); m.set('b', 2).set(NaN, 3); m.delete('a'); [m.size, m.get('b'), m.get(NaN), m.has('a'), [...m], [...m.keys()], [...m.values()]]
const s = new Set([1, 2, 2, '2']); s.add(3); [s.size, s.has('2'), s.has(4), [...s], s.delete(1), [...s.entries()]]
const m = new Map(); m.set(0, 'z'); [m.get(-0), [...m.keys()].map(k => Object.is(k, -0))]
const m = new Map([[1, 1], [2, 2], [3, 3]]); const seen = []; for (const [k] of m) { seen.push(k); if (k === 1) { m.delete(2); m.set(4, 4) } } seen
const s = new Set([1, 2]); const seen = []; s.forEach((v, k, self) => { seen.push(v + k + self.size) }); seen
const m = new Map([[1, 'a']]); const seen = []; m.forEach((v, k) => seen.push([k, v])); m.clear(); [seen, m.size]
const g = {}; for (const w of ['apple', 'bob', 'avocado']) (g[w[0]] ??= []).push(w); g
const c = {}; for (const ch of 'hello') c[ch] = (c[ch] || 0) + 1; c
[encodeURIComponent('a b&c/世?😀'), encodeURI('http://x/a b?q=世#f'), decodeURIComponent('a%20b%E4%B8%96'), decodeURI('%2F%20'), encodeURIComponent("-_.!~*'()")]
decodeURIComponent('%E4%B8')
encodeURIComponent('\ud800')
[new Error('m').message, new TypeError('t').name, String(new RangeError('r')), `${new Error('')}`, new Error('x') + '', JSON.stringify(new Error('x')), Object.keys(new Error('x'))]
try { null.foo } catch (e) { [e.name, e.message, e instanceof TypeError, e instanceof Error] }
try { undefined.foo.bar } catch (e) { e.message }
try { ({}).foo.bar } catch (e) { e.message }
try { const o = {}; o.f() } catch (e) { e.message }
try { let q = 5; q() } catch (e) { e.message }
try { null.x = 1 } catch (e) { e.message }
try { [...5] } catch (e) { e.name }
try { const { a } = null } catch (e) { e.name }
try { 'a' in 'b' } catch (e) { e.name }
try { new Set(5) } catch (e) { e.name }
const e = new Error('x', { cause: 5 }); e.cause
[parseInt.name, Math.max.length, (() => 1).name, [].map.name, 'x'.slice.length]
const f = Math.max; [f(1, 2), [1, 2, 3].map(Math.sqrt), Math.max.apply(null, [4, 5])]
const { max, min } = { max: Math.max, min: Math.min }; max(min(5, 9), 2)
[String.fromCharCode(72, 105), String.fromCodePoint(128512), 'é'.normalize('NFD').length, 'a'.concat('b', 1, null)]
[...'ab'].map((c, i, all) => c + i + all.length)
['b', 'a', 'C', 'ä', 'Z'].sort()
[1, 2, 3, 4].filter((x, i) => i % 2).length
const a = [1, 2, 3]; a.forEach((x, i) => { if (i === 0) a.push(9) }); a
const a = [1, 2, 3]; const r = []; for (const x of a) { r.push(x); if (x < 3) a.push(x + 10) } r
[..."x".padEnd(3, "yz")].join("-")
[3, 20, 100].sort().concat([3, 20, 100].sort((a, b) => b - a))
[undefined, null].map(x => x ?? 'd'), [[1, 2], [3, 4]].map(([a, b]) => a * b)
Number((0.1 + 0.2).toFixed(2)) === 0.3
(1234.5).toFixed(2).replace('.', ',')
[1.0, 1.10, 1e3, 0x10].join()
[ 'abc'.repeat(5), 'ab'.repeat(1), 'x'.padStart(9, 'abcd'), 'x'.padEnd(2, 'abc'), '5'.padStart(1), 'é'.repeat(7) ]
