// Strings and collections that grow: one program per line.
11n**711111111n
'x'.padEnd(536870911)
'x'.padStart(2 ** 40, 'ab')
new Array(2147483647).join('*')
new Array(4294967295)
Array(1e9).fill(0)
Array.from({ length: 1e9 })
Array.from({ length: Infinity }, (_, i) => i)
'x'.repeat(2 ** 30)
'x'.repeat(1e6).repeat(1e6)
let s = 'x'; while (true) s += s
let s = 'x'; for (;;) s = `${s}${s}`
let s = ''; for (;;) s += 'abcdefghij'
let s = 'ab'; for (let i = 0; i < 40; i++) s = s.replaceAll('a', 'ba'.repeat(i)); s.length
let s = 'x'; for (;;) s = s.concat(s, s)
let s = 'a'; for (;;) s = s.replace(/a/g, '$&$&')
let s = 'a'; for (;;) s = s.replace('a', "$`$&$'$&".repeat(9))
let s = 'x'.repeat(1e5); for (;;) s = s.split('').join('yy')
const a = []; for (;;) a.push(1)
const a = [1]; for (;;) a.push(...a)
let a = [1]; for (;;) a = a.concat(a)
let a = [1]; for (;;) a = [...a, ...a]
let a = [0]; for (;;) a = a.flatMap(x => [x, x])
const a = []; a[4e9] = 1
const a = []; a.length = 2 ** 32 - 1
const a = [1]; a.unshift(...new Array(200000)); for (;;) a.unshift(1, 2, 3)
const a = [1, 2]; for (const x of a) a.push(x)
const a = [1, 2]; a.forEach(x => a.push(x)); for (const x of a) { a.push(x); a.push(x) }
const m = new Map(); let i = 0; for (;;) m.set(i++, i)
const m = new Map(); let i = 0; for (;;) { m.set(i, 1); m.delete(i++) }
const s = new Set([1]); for (const x of s) s.add(x + 1)
const o = {}; let i = 0; for (;;) o['k' + i++] = i
let o = {}; for (let i = 0; ; i++) o = { ...o, [i]: o }
let o = {}; for (;;) o = { o }
const fs = []; for (;;) fs.push(() => fs)
let f = () => 1; for (;;) { const g = f; f = () => g() }
JSON.parse('[' + '0,'.repeat(300000) + '0]')
JSON.parse('['.repeat(100000) + ']'.repeat(100000))
JSON.stringify(Array.from({ length: 200000 }, () => ({ a: 'xxxxxxxxxxxxxxxxxxxxxxxx' })))
let a = [1, 2]; for (let i = 0; i < 60; i++) a = [a, a]; JSON.stringify(a)
let a = [1, 2]; for (let i = 0; i < 60; i++) a = [a, a]; String(a)
let a = [1, 2]; for (let i = 0; i < 60; i++) a = [a, a]; a.flat(Infinity)
let a = [1, 2]; for (let i = 0; i < 40; i++) a = [a, a]; a
let a = [1, 2]; for (let i = 0; i < 40; i++) a = [a, a]; variables.bomb = a
let o = { x: 1 }; for (let i = 0; i < 40; i++) o = { l: o, r: o }; o
JSON.stringify({ a: [1] }, null, ' '.repeat(1e6))
let o = 1; for (let i = 0; i < 150; i++) o = [o]; JSON.stringify(Array(5000).fill(o), null, '          ')
encodeURIComponent('世'.repeat(400000))
'x'.repeat(1e6).split('')
[...'x'.repeat(1e6)]
Object.entries('x'.repeat(1e6))
bytesFromString('世'.repeat(1000000))
'x'.repeat(1e6).normalize('NFKD').normalize('NFKC').normalize('NFD')
'\ufdfa'.repeat(50000).normalize('NFKD').normalize('NFKD')
String.fromCharCode(...new Array(1e6))
'a'.repeat(1e6).matchAll(/a/g)
'a'.repeat(1e6).match(/a?/g)
'a'.repeat(1e6).replace(/a/g, x => x + x)
Array(250000).fill('x').map(x => x.repeat(1000))
Array(250000).fill(0).map((_, i) => Array(250000))
const f = (...a) => f(...a, ...a, 1); f(1)
const a = Array(200000).fill(1); for (;;) Math.max(...a)
const a = Array(200000).fill(1); for (;;) a.slice()
const a = Array(200000).fill('ab'); for (;;) a.join()
const a = Array(200000).fill('ab'); for (;;) a.entries().next()
`${'x'.repeat(1e6)}${'x'.repeat(1e6)}`
(1).toFixed(100).repeat(1e5)
newGuid().repeat(1e6)
Array(250000).fill('x'.repeat(1e6))
variables.big = Array(250000).fill('x'.repeat(1e6)); 1
throw Array(250000).fill('x'.repeat(1e6))
let o = { x: 1 }; for (let i = 0; i < 40; i++) o = { l: o, r: o }; throw o
let o = { x: 1 }; for (let i = 0; i < 40; i++) o = { l: o, r: o }; variables.big = o; 1
const e = new Error('x'); e.message = Array(250000).fill('x'.repeat(1e6)); throw e
const k = 'k'.repeat(1e6); const o = { [k]: 1 }; Array(250000).fill(o)
'a'.repeat(1000000).match(/(?=(a*))(a)*b/)
/(?=(a|b|c|d)*e)/.test('abcd'.repeat(250000))
'a'.repeat(500000).split(/(?=(a))/)
Object.groupBy(new Array(250000).fill(1), (x, i) => i)
[...Map.groupBy(new Array(250000).fill('x'), (x, i) => i)].length
