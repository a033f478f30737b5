// The few things Blazor cannot do itself.
export function focus(id) {
  const named = document.getElementById(id) || document.querySelector(`[name="${CSS.escape(id)}"]`);
  const target = named && (named.matches('input,select,textarea,button,a,[tabindex]') ? named : named.querySelector('input,select,textarea,button,[tabindex]') || named);
  if (!target) return;
  target.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
}
export async function save(name, stream) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
export function print() { window.print(); }
export function copy(text) { return navigator.clipboard.writeText(text).then(() => true, () => false); }

// Letters are shortcuts only while nobody is typing or composing.
export function shortcuts(onGo) {
  let armed = 0;
  const typing = e => e.isComposing || e.ctrlKey || e.altKey || e.metaKey || e.target.closest('input,textarea,select,[contenteditable=true],.rz-dialog');
  document.addEventListener('keydown', e => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') { e.preventDefault(); search(); return; }
    if (typing(e)) return;
    if (e.key === '/') { e.preventDefault(); search(); }
    else if (e.key === '?') { e.preventDefault(); onGo.invokeMethodAsync('Go', '?'); }
    else if (e.key === 'g') { armed = Date.now(); }
    else if (Date.now() - armed < 1200 && 'hic'.includes(e.key)) { armed = 0; onGo.invokeMethodAsync('Go', e.key); }
  });
  document.addEventListener('click', e => document.querySelectorAll('details.menu[open]').forEach(d => { if (!d.contains(e.target) || e.target.closest('.pop a, .pop button')) d.open = false; }));
  document.addEventListener('keydown', e => { if (e.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach(d => { d.open = false; d.firstElementChild.focus(); }); });
}
function search() {
  const box = [...document.querySelectorAll('input[type=search]')].find(i => i.offsetParent);
  if (box) { box.focus(); box.select(); }
}
export function theme(value) { document.documentElement.dataset.theme = value; }
// In a grid that is walked with the keys, the page behind it stays where it is.
export function keepArrows(id) {
  document.getElementById(id)?.addEventListener('keydown', e => { if (/^(Arrow|Page|Home|End)/.test(e.key)) e.preventDefault(); });
}
