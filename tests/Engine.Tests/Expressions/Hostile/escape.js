// Attempts to leave the language.
(function () { }).constructor('return process')()
(() => { }).constructor.constructor('return this')()
''['constructor']['constructor']('return 1')()
[].constructor.constructor('for(;;);')()
const k = 'con' + 'structor'; (() => 1)[k]('return process')()
const k = ['constructor']; ''[k][k]('return 1')()
({}).__proto__.polluted = 1
({})['__proto__'].polluted = 1
const o = {}; o['__pro' + 'to__'].polluted = 1
const o = JSON.parse('{"__proto__":{"polluted":1}}'); Object.assign({}, o).polluted
Object.prototype.polluted = 1
Array.prototype.push = () => 1
Math.max = () => 1
JSON.parse = null
const M = Math
Object.getPrototypeOf({})
Object.defineProperty({}, 'a', { get() { return 1 } })
Object.setPrototypeOf({}, null)
Reflect.ownKeys({})
new Proxy({}, {})
Symbol.iterator
eval('1')
(0, eval)('1')
new Function('return 1')()
Function('return 1')()
setTimeout('1')
import('fs')
require('fs')
process.exit(1)
globalThis.process
window.location
this.constructor
(function () { return this })().process
arguments.callee
(function () { return arguments.callee })()
variables.GetType()
variables.n.GetType().Assembly
getInput('s').GetType()
variables.order.GetType()
variables.constructor
variables.__proto__
variables
getVariable.constructor('return 1')()
getVariable.call.constructor('return 1')()
getVariable = () => 1
getInput.x = 1
importNamespace('System')
System.IO.File.ReadAllText('/etc/passwd')
clr.System
new System.Net.Http.HttpClient()
host.exit()
async () => await import('fs')
(async () => 1)()
function* g() { yield 1 } g()
class A { static { } }
label: for (;;) { break label }
with ({}) x
String.raw`x`
`${(() => { }).constructor('return 1')()}`
[].map.call.call.apply(Math.max, [null, 'x'])
''.replace.call(null, 'a', 'b')
[].push.call({ length: 4294967296 }, 1)
[].sort.call('abc')
new Date().constructor
new Map().constructor
/x/.constructor('y')
Error.prepareStackTrace
new Error('x').stack.constructor
new WebAssembly.Module()
new SharedArrayBuffer(1e9)
document.cookie
Object.groupBy([1], () => '__proto__').polluted
Object.groupBy([1], () => 'constructor').constructor
Map.groupBy.constructor('return process')()
'a'.localeCompare('b', '../../etc/passwd')
new Date().toLocaleString('en-US', { timeZone: '../../etc/passwd' })
new Date().toLocaleString('en-US', { timeZone: '/etc/passwd' })
(1).toLocaleString('en-US', { __proto__: { style: 'currency' } })
(1).toLocaleString({ toString() { return process } })
/(?=(?<constructor>a))/.exec('a').groups.constructor
