[new Date(0).toISOString(), new Date('2026-03-05').getTime(), new Date('2026-03-05T10:20:30').getTime(), new Date('2026-03-05T10:20:30Z').getTime(), new Date('2026-03-05T10:20:30+02:00').getTime(), new Date('2026-03').getTime(), new Date('2026').getTime(), new Date('2026-03-05T10:20:30.123').getTime(), new Date('2026-03-05 10:20').getTime()]
[new Date('x').getTime(), new Date('2026-13-01').getTime(), new Date('2026-02-30').getTime(), new Date('2026-02-32').getTime(), new Date(NaN) + '', new Date('2026-03-05T24:00:00').getTime(), new Date('2026-03-05T25:00').getTime(), new Date('').getTime()]
[new Date('2026/3/5').getTime(), new Date('2026/03/05 10:20:30').getTime(), new Date('Mar 5, 2026').getTime(), new Date('5 March 2026 10:20').getTime(), new Date('3/5/2026').getTime(), new Date('Thu, 05 Mar 2026 01:02:03 GMT').getTime(), new Date('March 5, 2026 2:30 PM').getTime()]
const d = new Date(2026, 2, 5, 13, 14, 15, 16); [d.getFullYear(), d.getMonth(), d.getDate(), d.getDay(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds(), d.getTime(), d.getTimezoneOffset()]
const d = new Date(2026, 2, 5, 3); [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCDay(), d.getUTCHours(), d.toISOString(), d.toJSON(), d.toUTCString(), d.toDateString()]
[new Date(2026, 0, 31 + 1).toISOString(), new Date(2026, 14, 1).toISOString(), new Date(2026, -1, 1).toISOString(), new Date(99, 0, 1).toISOString(), new Date(100, 0, 1, 12).getUTCFullYear(), new Date(2026, 1, 30).toISOString(), new Date(2026, 2, 0).getDate()]
const d = new Date(0); d.setFullYear(2026, 5, 15); d.setHours(23, 59); d.setDate(40); d.setMonth(13); d.setMinutes(61, 61, 1500); d.toISOString()
const d = new Date('2026-01-31T00:00:00Z'); d.setMonth(d.getMonth() + 1); d.toISOString()
const d = new Date('2026-03-05T00:00:00Z'); d.setUTCDate(d.getUTCDate() - 10); d.setUTCHours(5, 6, 7, 8); d.setUTCFullYear(2025); d.setUTCMonth(0); [d.toISOString(), d.setTime(5), +d, d.setUTCMinutes(1), d.setUTCSeconds(2), d.setUTCMilliseconds(3)]
const d = new Date('x'); d.setFullYear(2026); d.toISOString()
const d = new Date('x'); [d.setMonth(1), d.setHours(1), d.getDate()]
new Date('x').toISOString()
[Date.UTC(2026, 2, 5), Date.UTC(2026), Date.parse('2026-03-05T00:00Z'), typeof Date.now(), new Date(2026, 2, 5) < new Date(2026, 2, 6), new Date(5) - new Date(2), new Date(1) == 1, +new Date(7)]
[new Date(new Date(5)).getTime(), new Date(null).getTime(), new Date(undefined).getTime(), new Date(true).getTime(), new Date(8.64e15).toISOString(), new Date(8.64e15 + 1).getTime(), new Date(-1).toISOString(), new Date(1.9).getTime(), new Date(-1.9).getTime()]
(new Date(0) + '').slice(0, 33)
new Date(0).toTimeString().slice(0, 17) + `${new Date(86400000)}`.slice(0, 15)
const days = (a, b) => Math.round((new Date(b) - new Date(a)) / 86400000); [days('2026-02-27', '2026-03-02'), days('2024-02-27', '2024-03-02')]
const d = new Date('2026-03-05T16:00:00Z'); `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
[new Date('0001-01-01T00:00:00Z').toISOString(), new Date('-000001-01-01T00:00:00Z').toISOString(), new Date('+012345-06-07T00:00:00Z').toISOString(), new Date(-62198755200000).toUTCString()]
[new Date('1988-07-01T00:00:00').getTime(), new Date('1988-01-01T00:00:00').getTime(), new Date(1988, 6, 1).getTimezoneOffset()]
[new Date('2026-03-05T10:20:30,5Z').getTime(), new Date('2026-3-5').getTime(), new Date('2026-03-05T1:20').getTime(), new Date('20260305').getTime()]
JSON.stringify({ d: new Date(1e12), bad: new Date(NaN) })
[new Date('9999-12-31T12:00').toISOString(), new Date(8.64e15).getHours(), new Date('0001-01-01T00:00').getFullYear()]
