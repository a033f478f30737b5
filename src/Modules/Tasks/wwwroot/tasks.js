// Keys of lists and of the task page: letters only while nobody types or composes; what a key does is said by data-key in the page.
export function listen(id) {
  const root = document.getElementById(id);
  if (!root || root.dataset.keys) return;
  root.dataset.keys = 'on';
  let afterG = 0;
  const on = e => {
    if (!root.isConnected) { document.removeEventListener('keydown', on); return; }
    if ((e.ctrlKey || e.metaKey) && e.key === 'Enter') { press(root, 'ctrl+enter', e); return; }
    if (e.isComposing || e.ctrlKey || e.altKey || e.metaKey || e.target.closest('input,textarea,select,[contenteditable=true],.rz-dialog')) return;
    if (e.key === 'g') { afterG = Date.now(); return; }
    if (Date.now() - afterG < 1200) return; // the second letter of "g h" and its like
    if (e.key === 'j' || e.key === 'k') move(root, e.key === 'j' ? 1 : -1, e);
    else press(root, e.key, e);
  };
  document.addEventListener('keydown', on);
}
function press(root, key, e) {
  const target = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  e.preventDefault();
  if (target.matches('input,textarea')) target.focus();
  else target.click();
}
function move(root, step, e) {
  const rows = [...root.querySelectorAll('[data-row]')];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  e.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))].focus();
}
