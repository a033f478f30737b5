1 + 2 * 3 ** 2 % 5 - -4
2 ** 3 ** 2
(-2) ** 2
1_000.5e1 + 0xff + 0o17 + 0b101 + .5
'a' + 1 + 2
1 + 2 + 'a'
`x${1 + 1}y${`in${'n'}er`}z`
`a\n\t\u{1F600}\x41\u4e16`
"tab\there" + 'q\'q' + "\0"
[1, ...[2, 3], ...'ab', ...new Set([1, 1])]
({ a: 1, 'b c': 2, 3: 4, ['d' + 1]: 5, f() { return 1 }, ...{ z: 1 } })
({ 10: 'a', 2: 'b', x: 'c', 1: 'd', '01': 'e', '-1': 'f' })
const { a, b: { c = 5, ...rest } = {}, ...others } = { a: 1, b: { d: 2, e: 3 }, f: 4 }; [a, c, rest, others]
const [x, , y = 3, ...z] = [1, 2, undefined, 4, 5]; [x, y, z]
let a = 1, b = 2; [a, b] = [b, a]; [a, b]
let o = {}; ({ x: o.p, y: o['q'] = 9, ...o.r } = { x: 1, z: 3 }); o
let i = 0; const a = [i++, i++, ++i, i--, --i]; a
let a = 5; a += 2; a -= 1; a *= 3; a /= 2; a %= 5; a **= 2; a <<= 3; a >>= 1; a >>>= 0; a |= 7; a &= 13; a ^= 3; a
let a = null, b = 0, c = 1; a ??= 5; b ||= 6; c &&= 7; [a, b, c]
[null ?? 1, 0 ?? 1, 0 || 1, 1 && 2, '' && 2, undefined ?? null]
const o = { a: { b: null } }; [o?.a?.b?.c, o.x?.y.z.w, o.x?.(), o.a?.['b'], o?.['a'].b, (o.x)?.y]
const o = { f() { return this.v }, v: 4 }; [o.f(), o.f?.(), o?.f(), (o.f)()]
typeof undefined + typeof null + typeof 1 + typeof 's' + typeof {} + typeof [] + typeof (() => 1) + typeof true + typeof notThere
[void 0, !1, !!'a', ~5, -'3', +'4.5', +'', +'x', -null]
let n = 0; for (let i = 0; i < 5; i++) { if (i === 1) continue; if (i === 4) break; n += i } n
let s = ''; for (const c of 'aé😀b') s += c + '|'; s
let s = ''; for (const k in { b: 1, a: 2, 1: 3 }) s += k; s
let s = ''; for (const k in [5, 6]) s += k + typeof k; s
let s = ''; for (const [k, v] of Object.entries({ a: 1, b: 2 })) s += k + v; s
let s = ''; for (const [k, v] of new Map([['a', 1], ['b', 2]])) s += k + v; s
let i = 0; while (true) { if (++i > 5) break } i
let i = 0; do { i++ } while (i < 3); i
let r = []; for (let i = 0, j = 10; i < j; i += 3, j--) r.push([i, j]); r
const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); fs.map(f => f())
const fs = []; for (let i = 0; i < 3; i++) { fs.push(() => i); i += 0 } fs.map(f => f())
const fs = []; for (var i = 0; i < 3; i++) fs.push(() => i); fs.map(f => f())
const fs = []; for (const x of [1, 2, 3]) fs.push(() => x * 10); fs.map(f => f())
const fs = []; let k = 0; while (k < 3) { const m = k++; fs.push(() => m) } fs.map(f => f())
const fs = []; for (let i = 0; i < 3; fs.push(() => i), i++) ; fs.map(f => f())
function fact(n) { return n <= 1 ? 1 : n * fact(n - 1) } fact(10)
const fib = function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) }; fib(12)
const add = a => b => c => a + b + c; add(1)(2)(3)
const f = (a, b = a + 1, ...c) => [a, b, c]; [f(1), f(1, 2), f(1, undefined, 3, 4), f.length, f.name]
const f = ({ a, b = 2 } = {}, [c] = [3]) => a + b + c; [f({ a: 1 }), f({ a: 1, b: 1 }, [1])]
const f = ({ a, b = 2 } = {}, [c] = [3]) => [a, b, c]; f()
const counter = () => { let n = 0; return { inc: () => ++n, get: () => n } }; const c = counter(); c.inc(); c.inc(); c.get()
const o = { a: 1, f() { return [1, 2].map(x => x + this.a) } }; o.f()
function f() { return typeof g; function g() { } } f()
hoisted(); function hoisted() { return 'yes' }
var r = typeof v; var v = 1; [r, v]
try { x; let x = 1 } catch (e) { e.name }
try { f(); let x = 1; function f() { return x } } catch (e) { e.name + e.message }
const x = 1; try { x = 2 } catch (e) { e.name }
switch (3) { case 1: 'one'; break; case 3: 'three'; case 4: 'four'; break; default: 'other' }
switch ('x') { default: 'd'; case 'y': 'y'; break; case 'z': 'z' }
switch (1) { case 1: let q = 5; q; break; case 2: 2 }
const f = x => { switch (x) { case 1: return 'a'; case 2: { return 'b' } default: return 'c' } }; [1, 2, 3].map(f)
try { throw new Error('boom') } catch (e) { e.message } finally { 'ignored' }
try { throw { code: 7 } } catch ({ code }) { code }
try { null.x } catch { 'caught' }
const f = () => { try { return 1 } finally { 2 } }; f()
const f = () => { try { return 1 } finally { return 2 } }; f()
const f = () => { try { throw 1 } catch (e) { return e + 1 } finally { } }; f()
const f = () => { for (const x of [1, 2, 3]) { try { if (x === 2) continue; if (x === 3) return x } finally { } } }; f()
let log = ''; const f = () => { try { try { throw 1 } finally { log += 'a' } } catch (e) { log += e } finally { log += 'c' } }; f(); log
let r = 0; try { try { throw 1 } finally { r = 5 } } catch (e) { r += e } r
throw 'text'
throw new TypeError('bad')
null.x
(void 0)()
({}).f()
[].reduce((a, b) => a)
new Array(-1)
'x'.repeat(-1)
1; if (false) 2
1; if (true) { }
1; var x = 2
1; { 2 }
5; while (false);
do { 7; break } while (true)
for (var i = 0; i < 3; i++) i * 2
for (const x of [1, 2]) { x; if (x === 2) { 'last' } }
try { 39; throw 0 } catch (e) { }
1; try { 2 } finally { 3 }
1; function f() { }
;;;
''
(1, 2, 3)
true ? 1 : 2 ? 3 : 4
a = 1, b = 2; var a, b; [a, b]
'x' in { x: 1 }
[0 in [1], 1 in [1], 'length' in []]
[[] instanceof Array, {} instanceof Object, new Date(0) instanceof Date, new TypeError('x') instanceof Error, new Error('x') instanceof TypeError, (() => 1) instanceof Function, 's' instanceof String]
const o = { a: 1, b: 2 }; delete o.a; delete o['b']; delete o.c; o
[1 < 2 < 3, 3 > 2 > 1, '10' < '9', 10 < '9', null >= 0, undefined >= 0, NaN != NaN, 'a' < 'b', [2] > 1]
[null == undefined, null == 0, '' == 0, '0' == false, [] == false, [1] == 1, [1, 2] == '1,2', ({}) == '[object Object]', NaN == NaN, '1' == 1, true == 1, true == '1', null == false]
[1 === 1.0, '1' === 1, 0 === -0, NaN === NaN, [] === [], null === null]
[5 & 3, 5 | 3, 5 ^ 3, ~0, 1 << 31, 1 << 32, -1 >> 1, -1 >>> 0, -1 >>> 28, 2 ** 32 | 0, 2 ** 31 | 0, 1e20 | 0, -5.7 | 0, NaN | 0]
[7 % 3, -7 % 3, 7 % -3, 5.5 % 2, 1 % 0, 0 % 5, -0 % 5, Infinity % 2, 2 % Infinity]
[1 / 0, -1 / 0, 0 / 0, 0 * -1, -0 + 0, -0 - 0, 0.1 + 0.2, 1e21 + 1, 1e-7, 123456789012345680000]
[[] + [], [] + {}, 1 + null, 1 + undefined, '1' - 1, '3' * '4', true + true, [1, 2] + 3, null + 'x', {} + 1]
const o = { valueOf() { return 42 }, toString() { return 'str' } }; [o + 1, `${o}`, o * 2, o + '', o == 42, [o] + '']
const d = { toString() { return 'k' } }; ({ [d]: 1 })
const f = (...a) => a.length; [f(...[1, 2], 3, ...'ab'), Math.max(...[1, 5, 3]), f(...new Set([1, 2]))]
const f = function (a, b) { return [this && this.x, a, b] }; [f.call({ x: 1 }, 2, 3), f.apply({ x: 4 }, [5, 6]), f.bind({ x: 7 }, 8)(9)]
const { length } = 'abc'; length
const { length, 0: first } = [7, 8]; [length, first]
let a, b; a = b = 3; a + b
let x = 1; { let x = 2; { let x = 3 } } x
let x = 1; { x = 2 } x
var x = 1; { var x = 2 } x
const f = x => { if (x) { const y = x * 2; return y } return 0 }; [f(2), f(0)]
const o = { a: 1, get: 2, set: 3, if: 4, class: 5, of: 6 }; o.a + o.get + o.set + o.if + o.class + o.of
const of = 1, get = 2, set = 3, async1 = 4; of + get + set + async1
let let1 = 1; let1++; let1
const s = 'x'; s.foo = 1; s.foo
const a = [1, 2, 3]; a.length = 1; a[3] = 9; a.length
const a = [1]; a[0]++; a['0'] += 5; a
const x = 5; const r = x > 3 && x < 10 || x === 0; r
if (variables.n > 10) { 'big' } else { 'small' }
variables.n >= 10 && getInput('s') === 'Hello 世界'
variables.n = variables.n + 1; variables.n
variables.order.customer.name = 'Wang'; variables.order.customer.name
variables.rows.push({ id: 4 }); variables.rows.length
variables.list.sort(); variables.list
variables['n'] + variables.list[0]
variables.fresh = { d: [1] }; variables.fresh.d.push(2); variables.fresh
variables.n++; ++variables.n; variables.n += 10; variables.n
const r = variables.rows; r[0].amount = 0; variables.rows[0].amount
setVariable('q', [1]); getVariable('q').push(2); variables.q
variables.rows.filter(r => r.amount > 90).map(r => r.id).join()
variables.rows.reduce((sum, r) => sum + r.amount, 0).toFixed(2)
variables.order.lines.map(({ q, p }) => q * p).reduce((a, b) => a + b)
variables.nothing?.x ?? 'none'
variables.missing
variables.s.length + variables.names.length
variables.when = new Date(0); variables.when.getTime()
variables.m = new Map([[1, 2]]); variables.f = () => 1; 1
toJson(variables.order)
return variables.n * 2
const x = 5; return x > 3 ? 'yes' : 'no'
if (variables.flag) return 'early'; return 'late'
for (const r of variables.rows) { if (r.id === 2) return r }; return null
let x = 3 // comment
/* block */ 4 /* more */
let a = 1; let b = a; b
const re = /a\/b[/]c/g; re.source + re.flags
4 / 2 / 1
const g = 2, x = 8; x / 2 / g
if (true) /x/.test('x')
[1, 2, 3].map(x => ({ v: x }))
((a, b) => a + b)(1, 2)
(function () { return 5 })()
!function () { return false }()
[a => a, (a) => a, () => { }, (a, b) => { return a }].map(f => typeof f).join()
const f = () => ({}); f()
const f = () => { }; f()
let u; [u?.x, u?.[1], u?.()]
const o = { a: [1, { b: 2 }] }; const { a: [, { b }] } = o; b
[...'héllo'].length
[..."ab"].entries().next()
