// Programs that never end or take very long.
for (;;);
while (true) { }
do { } while (true)
for (;;) { continue }
const f = () => f(); f()
function a() { return b() } function b() { return a() } a()
const f = n => n < 2 ? n : f(n - 1) + f(n - 2); f(60)
const ack = (m, n) => m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); ack(4, 2)
const o = { toString() { return `${o}` } }; `${o}`
const o = { valueOf() { return o + 1 } }; o + 1
const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)
const a = []; a.push(a); JSON.stringify(a)
const a = []; a.push(a, a); String(a)
const a = []; a.push(a); a.flat(Infinity)
const a = []; a.push(a); a
const o = {}; o.o = o; variables.x = o
const o = {}; o.o = o; setVariable('x', o); getVariable('x')
variables.list.push(variables.list)
for (;;) { try { throw 1 } catch { } }
for (;;) { try { null.x } catch { } }
for (;;) { try { return 1 } finally { continue } }
const f = () => { try { f() } finally { f() } }; f()
const f = () => { try { f() } catch { f() } }; f()
try { for (;;); } catch { 'caught a limit' } finally { for (;;); }
[1, 2, 3].sort(() => { for (;;); })
const a = Array(100000).fill(0).map((_, i) => i); for (;;) a.sort((x, y) => y - x)
const a = Array(1000).fill(0); a.sort(() => 1); a.map(() => a.map(() => a.map(() => 1)))
const a = Array(200000).fill(1); for (;;) a.indexOf(2)
const a = Array(200000).fill(1); for (;;) a.shift(), a.push(1)
const a = Array(200000).fill(1); for (;;) a.splice(0, 1, 2)
const a = Array(200000).fill(1); for (;;) a.reverse()
const a = Array(200000).fill(1); a.every(() => a.includes(2))
const s = 'a'.repeat(500000); const t = 'a'.repeat(250000) + 'b'; for (;;) s.indexOf(t)
const s = 'a'.repeat(500000); const t = 'a'.repeat(250000) + 'b'; for (;;) s.split(t)
const s = 'a'.repeat(500000); const t = 'b' + 'a'.repeat(250000); for (;;) s.lastIndexOf(t)
const s = 'a'.repeat(500000); const t = 'a'.repeat(250000) + 'b'; for (;;) s.replaceAll(t, '')
const s = 'x'.repeat(1e6); for (;;) s.toUpperCase()
const s = ' '.repeat(1e6); for (;;) s.trim()
const s = 'x'.repeat(1e6); for (;;) s === s + ''
const s = 'x'.repeat(500000), t = 'x'.repeat(500000); for (;;) s === t
const s = 'x'.repeat(500000), t = 'x'.repeat(500000); for (;;) s < t
const s = 'x'.repeat(500000); const m = new Map([[s, 1]]); const t = 'x'.repeat(500000); for (;;) m.get(t)
const s = 'x'.repeat(500000); const o = { [s]: 1 }; const t = 'x'.repeat(500000); for (;;) o[t]
const s = '9'.repeat(500000); for (;;) +s
const s = '9'.repeat(500000); for (;;) parseInt(s)
const s = '7'.repeat(500000); for (;;) parseInt(s, 8)
const s = '9'.repeat(500000) + 'x'; for (;;) isNaN(s)
/^(a+)+$/.test('a'.repeat(50000) + 'b')
/(a|a)*b/.test('a'.repeat(100000))
/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(100000))
/(.*)*(.*)*x/.test('y'.repeat(100000))
/(x+x+)+y/.test('x'.repeat(200000))
for (;;) /(a?){50}a{50}/.test('a'.repeat(5000))
/(?:a{1,1000}){1,1000}/.test('a'.repeat(1000))
/((((a{1,30}){1,30}){1,30}){1,30})/.test('a')
/[^]{5000}x/.test('y'.repeat(100000))
/.*.*.*.*.*.*.*.*=/.test('x'.repeat(100000))
const r = /\w+\s*=/g; for (;;) 'a'.repeat(1000000).match(r)
for (let i = 0; ; i++) new RegExp('a{' + i % 900 + '}b')
for (let i = 0; ; i++) 'x'.match('[a-z]{' + i % 900 + '}')
new RegExp('(' .repeat(400) + 'a' + ')'.repeat(400)).test('a')
new RegExp('(a|'.repeat(200) + 'b' + ')'.repeat(200)).test('a')
new RegExp('('.repeat(400) + 'a' + ')*'.repeat(400)).test('aaaa')
'a'.repeat(100000).replace(/a*/g, '')
'a'.repeat(100000).split(/(?:)/).length + 'ab'.repeat(100000).split(/b?/).length
for (;;) new Date('2026-03-05T00:00:00').getTime()
for (;;) new Date().toString()
const d = new Date(); for (;;) d.setDate(d.getDate() + 1)
for (;;) Math.sqrt(2)
for (;;) newGuid()
for (;;) getInput('s')
for (;;) variables.n++
for (;;) (0.1).toString(3)
for (;;) (1.7976931348623157e308).toFixed(100)
for (;;) (5e-324).toPrecision(100)
for (;;) 1.7976931348623157e308.toString(2)
for (;;) JSON.parse('{"a":[1,2,3]}')
const o = {}; for (let i = 0; i < 50000; i++) o['k' + i] = 1; for (;;) { delete o.k0; o.k0 = 1 }
const o = {}; for (let i = 0; i < 50000; i++) o[i] = 1; for (;;) Object.keys(o)
const o = {}; for (let i = 0; i < 100000; i++) o[i] = 1; for (const k in o) for (const j in o) ;
const f = () => 1; const g = f.bind(); let h = g; for (let i = 0; i < 100000; i++) h = h.bind(); h()
const f = function () { return f.call.call(f) }; f()
const f = x => [x].map(f); f(1)
const f = (x = f()) => x; f()
const f = ({ a = f() } = {}) => a; f()
const f = s => s.replace(/x/, f); f('x')
JSON.parse('{"a":{"a":1}}', (k, v) => { for (;;); })
new Map(new Map(new Map([[1, 2]]))).forEach((v, k, m) => { for (const x of m) m.set({}, 1) })
const a = [[]]; for (let i = 0; i < 300; i++) a[0] = [a[0]]; String(a)
const s = 'x'.repeat(500000); new Set(Array(200000).fill(s)).size
const s = 'x'.repeat(500000), t = 'x'.repeat(500000); Array(200000).fill(s).includes(t + '') || Array(200000).fill(s).indexOf('y' + s.slice(1))
const s = 'x'.repeat(500000); const a = Array(200000).fill(0).map((_, i) => i % 2 ? s : s + 'y'); a.sort()
const e = new Error('x'); e.message = e; throw e
const e = new Error('x'); e.name = [e]; String(e) + e.stack
const o = {}; o.o = o; throw o
const a = []; a.push(a); throw a
throw { toJSON() { throw this } }
throw { toJSON() { for (;;); } }
throw () => 1
const e = new Error('x', { cause: 1 }); e.cause = e; e
// the matcher that looks ahead
/^(?=(a+)+$)x/.test('a'.repeat(40) + 'b')
/(?=x)|(a|a)*$/.test('a'.repeat(60) + 'b')
/(?!x)(.*)*(.*)*(.*)*y/.test('z'.repeat(1000))
'a'.repeat(1000000).replace(/(?=.*b)a/g, 'x')
'a'.repeat(1000000).match(/a(?=a*$)/g)
for (;;) /(?=a)/.test('a')
'ab'.repeat(300000).split(/(?=a)/)
for (let i = 0; ; i++) new RegExp('(?=' + i + ')[a-z]{1,50}')
/(?:a{0,99}){0,99}(?=b)/.test('a'.repeat(100000))
/(?=((((((a+)+)+)+)+)+)+)b/.test('a'.repeat(100))
/(?=(?=(?=(?=.*a).*b).*c).*d)/.test('abcd'.repeat(100000))
// labels
a: for (;;) { b: for (;;) { continue a; } }
a: for (;;) { try { continue a; } finally { continue a; } }
// groups and languages
Object.groupBy({ [Math.abs]: 1, length: 3e9 }, x => x)
Object.groupBy('x'.repeat(1000000), x => x)
Map.groupBy('x'.repeat(240000), (x, i) => 'k'.repeat(i))
for (;;) (1.5).toLocaleString('en-US')
for (;;) new Date().toLocaleString('zh-CN', { timeZone: 'America/New_York' })
'a'.repeat(1000000).localeCompare('a'.repeat(1000000) + 'b')
for (const s = '好'.repeat(100000); ;) s.localeCompare(s)
(1e308).toLocaleString('en-US', { minimumFractionDigits: 20 }).repeat(3000)
for (;;) (5e-324).toLocaleString('zh-CN', { maximumFractionDigits: 20 })
const a = []; a.push(a, a); a.toLocaleString()
let a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; a.toLocaleString()
