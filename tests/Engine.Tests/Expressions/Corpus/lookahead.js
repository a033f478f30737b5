// patterns that look ahead
['price: 120元, 30元, 7$'.match(/\d+(?=元)/g), /\d+(?!\d|元)/.exec('120元 30')?.[0], 'abc'.replace(/b(?=c)/, '<$&>')]
[/^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$/.test('Secret123'), /^(?=.*\d)(?=.*[a-z]).{8,}$/.test('secretsecret'), /^(?!.*test).*$/.test('a test'), /^(?!.*test).*$/i.test('TEST')]
'1234567.891'.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
'12345678'.replace(/(\d)(?=(\d{3})+$)/g, '$1,')
/(?=(a+))a*b/.source
[/(?=(a+))/.exec('baaa')?.slice(), /(?!(a))b/.exec('b')?.slice(), /(?:(?=(a))a|b)+/.exec('ab')?.slice()]
[/(z)((a+)?(b+)?(c))*(?=$)/.exec('zaacbbbcac')?.slice(), /(?:(a)|b)*(?!c)/.exec('ab')?.slice()]
['aXbX'.split(/X(?=b)/), 'camelCaseWord'.split(/(?=[A-Z])/), 'a1b2'.split(/(?=\d)/)]
[/a*?(?=b)/.exec('aaab')?.[0], /a+?(?!a)/.exec('aaab')?.[0], /(a|ab)(?=c)/.exec('abc')?.[0], /(a|ab)(c|bcd)(d*)(?!x)/.exec('abcd')?.slice()]
[/^a(?=$)/m.exec('b\na\nc')?.index, /a.(?=b)/s.exec('a\nb')?.[0], /a.(?=b)/.exec('a\nb'), /(?=\n)$/m.exec('x\ny')?.index]
[/\bfoo(?=\b)/.test('a foo b'), /foo(?!\B)/.test('food'), /[^\d\s](?=\d)/.exec('a 1b2')?.[0], /[\]a-c](?=\])/.exec('b]')?.[0], /\u4f60(?=好)/.exec('你好')?.index]
[/(?<y>\d{4})(?=-)/.exec('2026-03').groups.y, '2026-03'.replace(/(?<y>\d{4})(?=-)/, '$<y>!'), [...'a1b2c'.matchAll(/[a-z](?=\d)/g)].map(m => m.index)]
[/x{2,3}(?=y)/.exec('xxxxy')?.[0], /x{0}(?=y)/.exec('xy')?.index, /x{2}(?!x)/.exec('xxxxx')?.index, /(?:x{1,2}){2}(?=y)/.exec('xxxy')?.[0], /x{2,}?(?=x|y)/.exec('xxxxy')?.[0]]
[/(?:)(?=a)/.exec('ba')?.index, /(?:a*)*(?=b)/.exec('aab')?.[0], /(?:a*?)*?(?=b)/.exec('aab')?.[0], /(?:a?)+(?!a)/.exec('aaa')?.[0], /(?=)/.test(''), /(?!)/.test('')]
[/a(?=b(?!c))/.exec('abcab')?.index, /(?=a(?=b))../.exec('aab')?.[0], /(?!a|b)./.exec('abc')?.[0], new RegExp('a(?=b)', 'g').flags, 'x/y'.match(new RegExp('x(?=/)'))?.[0]]
const p = /a(?=b)/g; [p.test('abab'), p.lastIndex, p.test('abab'), p.lastIndex, p.test('abab'), p.lastIndex]
[/É(?=a)/i.test('éA'), /[a-z](?=Z)/i.exec('1qz')?.[0], /\w(?=ſ)/.test('aſ'), /.(?=😀)/.exec('x😀')?.[0]]
['13900002001'.replace(/^(\d{3})(?=\d{8}$)(\d{4})/, '$1****'), 'a@b.cn'.match(/^(?!\.)[\w.]+@(?=[a-z]+\.)[a-z.]+$/)?.[0]]
