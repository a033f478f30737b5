// break and continue by name
const r = []; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; r.push(i + '/' + j); } } r
const r = []; a: for (const x of [1, 2, 3]) { b: for (const y of [1, 2, 3]) { if (y === 2) continue a; if (x === 3) break b; r.push([x, y]); } r.push('after'); } r
const r = []; a: b: while (true) { do { r.push(1); break a; } while (true); r.push(2); } r
let n = 0; x: { n = 1; if (n) break x; n = 2; } n
let n = 0; x: if (true) { n = 1; break x; } else { n = 2; } n
let r = ''; a: for (const k in { p: 1, q: 2, s: 3 }) { switch (k) { case 'q': continue a; case 's': break a; } r += k; } r
let r = ''; a: switch (1) { case 1: for (;;) { r += 'x'; break a; } case 2: r += 'y'; } r
let r = []; a: for (let i = 0; i < 3; i++) { try { continue a; } finally { r.push(i); } } r
let r = []; a: for (let i = 0; i < 3; i++) { for (;;) { try { break a; } finally { r.push(i); break; } } r.push('on'); } r
let r = []; a: for (let i = 0; i < 3; i++) { for (let j = 0; j < 2; j++) { try { if (i) continue a; } finally { for (const q of [1]) { r.push(q); continue; } } r.push(j); } } r
const f = () => { a: for (;;) { for (;;) { return 7; } } }; f()
let r = []; a: for (const i of [1, 2, 3]) { const f = () => { b: for (const j of [1, 2]) { for (;;) { if (j === 2) break b; continue b; } } return i; }; r.push(f()); if (i === 2) break a; } r
let i = 0; a: do { i++; for (;;) { if (i < 4) continue a; break a; } } while (i < 9); i
a: { b: { break a; } }
a: for (let i = 0; i < 3; i++) { const g = () => i; if (i === 1) continue a; variables.fresh = g(); }
for (const x of [1, x]) x
for (let [x] of [[() => x]]) x
let x = 1; const r = []; for (const y of [x, x + 1]) r.push(y); r
