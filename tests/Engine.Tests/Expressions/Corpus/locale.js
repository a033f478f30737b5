// languages named, and Chinese where none is
['张三', '李四', '王五', '阿明', '曾', 'Bob', 'alice', '10', '9', '_', 'Ä'].sort((a, b) => a.localeCompare(b, 'zh-CN'))
['张三', '李四', '王五', '阿明', 'Bob', 'alice', 'Alice', 'bob', '10', '9', 'ä', 'z', 'a b', 'a-b', 'ab'].sort((a, b) => a.localeCompare(b, 'en-US'))
['a'.localeCompare('b'), 'b'.localeCompare('a'), 'a'.localeCompare('a'), 'a'.localeCompare('A'), 'a'.localeCompare('á', 'en'), ''.localeCompare('a'), 'résumé'.localeCompare('resume', 'en-US'), '王'.localeCompare('李'), 'a'.localeCompare()]
[(1234567.891).toLocaleString(), (1234567.891).toLocaleString('zh-CN'), (1234567.891).toLocaleString('en-US'), (0).toLocaleString(), (-0).toLocaleString(), (-1234.5).toLocaleString('en')]
[NaN, Infinity, -Infinity, 1e21, 1.5e-7, 123456789012345680000, 0.0005, 0.00049, 2.5, 999.9995, 1.0005, 1.005].map(n => n.toLocaleString('en-US'))
[0, 1, 1.005, 1234.5, -9.999, 0.5, 1.45].map(n => n.toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 }))
[1.23456, 7, 1234.5].map(n => [n.toLocaleString('en-US', { minimumFractionDigits: 2 }), n.toLocaleString('en-US', { maximumFractionDigits: 0 }), n.toLocaleString('en-US', { maximumFractionDigits: 5 }), n.toLocaleString('en-US', { minimumFractionDigits: 4 }), n.toLocaleString('en-US', { useGrouping: false })])
[1234.5, -1234.567, 0, 0.005].map(n => ['CNY', 'USD', 'EUR', 'GBP', 'JPY', 'HKD'].map(currency => [n.toLocaleString('zh-CN', { style: 'currency', currency }), n.toLocaleString('en-US', { style: 'currency', currency })]))
[1234.5.toLocaleString('zh-CN', { style: 'currency', currency: 'CNY', minimumFractionDigits: 0 }), 1234.5.toLocaleString('zh-CN', { style: 'currency', currency: 'cny', maximumFractionDigits: 0 }), 1234.5.toLocaleString('zh-CN', { style: 'currency', currency: 'CNY', maximumFractionDigits: 1 })]
[0.256, 1, 0.005, 12.345, -0.1].map(n => [n.toLocaleString('zh-CN', { style: 'percent' }), n.toLocaleString('en-US', { style: 'percent', minimumFractionDigits: 1 })])
(5).toLocaleString('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 2 })
(5).toLocaleString('en-US', { style: 'currency' })
(5).toLocaleString('en-US', { minimumFractionDigits: -1 })
[[1234.5, null, 'x', undefined, true, [5000]].toLocaleString('en-US'), true.toLocaleString(), 'x'.toLocaleString(), ({}).toLocaleString(), [].toLocaleString()]
const d = new Date(2026, 2, 5, 9, 2, 3); [d.toLocaleString(), d.toLocaleDateString(), d.toLocaleTimeString(), d.toLocaleString('en-US'), d.toLocaleDateString('en-US'), d.toLocaleTimeString('en-US'), d.toLocaleString(['zh-CN'])]
[0, 4, 5, 7, 8, 11, 12, 13, 18, 19, 23].map(h => { const d = new Date(2026, 10, 25, h, 7, 8); return [d.toLocaleTimeString('en-US'), d.toLocaleTimeString('zh-CN'), d.toLocaleTimeString('zh-CN', { hour12: true }), h && d.toLocaleTimeString('en-US', { hour12: false, hour: '2-digit', minute: '2-digit' })]; })
const d = new Date('2026-03-05T01:02:03Z'); ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Shanghai'].map(timeZone => [d.toLocaleString('zh-CN', { timeZone }), d.toLocaleString('en-US', { timeZone })])
const d = new Date(2026, 2, 5); ['zh-CN', 'en-US'].map(l => [{ year: 'numeric', month: 'long', day: 'numeric' }, { year: 'numeric', month: 'short', day: 'numeric' }, { month: 'long', day: 'numeric' }, { year: 'numeric', month: '2-digit', day: '2-digit' }, { month: 'numeric', day: 'numeric' }, { year: 'numeric', month: 'long' }, { year: 'numeric', month: 'numeric' }, { year: 'numeric' }, { month: 'long' }, { day: 'numeric' }, { weekday: 'long' }, { weekday: 'short' }].map(o => d.toLocaleDateString(l, o)))
const d = new Date(2026, 2, 5); ['zh-CN', 'en-US'].map(l => [{ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }, { year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short' }, { month: 'short', day: 'numeric', weekday: 'short' }, { year: '2-digit', month: 'numeric', day: 'numeric' }].map(o => d.toLocaleDateString(l, o)))
const d = new Date(2026, 2, 5, 14, 5, 9); ['zh-CN', 'en-US'].map(l => [{ hour: '2-digit', minute: '2-digit' }, { hour: 'numeric', minute: '2-digit' }, { hour: 'numeric', minute: 'numeric', second: 'numeric' }].map(o => d.toLocaleTimeString(l, o)))
const d = new Date(2026, 2, 5, 14, 5, 9); ['zh-CN', 'en-US'].map(l => [{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }, { year: 'numeric', month: 'numeric', day: 'numeric' }].map(o => d.toLocaleString(l, o)))
[new Date(NaN).toLocaleString('en-US'), new Date(NaN).toLocaleDateString(), new Date(-62e12).toLocaleDateString('en-US', { timeZone: 'UTC' })]
new Date(0).toLocaleString('en-US', { timeZone: 'Nowhere/Else' })
// groups
Object.groupBy([1, 2, 3, 4], n => n % 2 ? 'odd' : 'even')
Object.groupBy('hello', c => c)
Object.entries(Object.groupBy(variables.rows, r => r.amount > 10)).length
[...Map.groupBy([1, 2, 3, NaN, -0, 0], n => n)].map(([k, v]) => [Object.is(k, -0), k, v])
[...Map.groupBy(['a', 'bb', 'cc'], (s, i) => s.length + (i > 1)).entries()]
Object.groupBy([], x => x)
Object.groupBy([1], 5)
Object.groupBy(null, x => x)
const g = Object.groupBy([3, 1, 2], (x, i) => i); g[0].push(9); [g, Object.keys(g)]
