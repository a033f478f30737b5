// Keys while the canvas has the focus (ui: designer). Nothing reacts while an input method composes.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function listenToKeys(canvas, on) {
  const command = (e) => {
    if (e.ctrlKey || e.metaKey) {
      switch (e.key.toLowerCase()) {
        case 'z': return e.shiftKey ? 'redo' : 'undo';
        case 'y': return 'redo';
        case 'c': return 'copy';
        case 'v': return 'paste';
        case 's': return 'save';
        default: return null;
      }
    }
    return { Delete: 'delete', Backspace: 'delete', Enter: 'properties', Escape: 'none' }[e.key] ?? null;
  };

  const keydown = (e) => {
    if (e.isComposing || e.target !== canvas) return;
    const name = command(e);
    if (name) {
      if (!on.readOnly() || name === 'properties' || name === 'none' || name === 'copy') on.command(name);
    } else if (ARROWS[e.key] && !on.readOnly()) on.nudge(...ARROWS[e.key]);
    else if (e.key === 'Tab') { if (!on.step(e.shiftKey)) return; }
    else if (e.key === '+' || e.key === '=') on.zoom(0.1);
    else if (e.key === '-') on.zoom(-0.1);
    else if (e.key === '0') on.zoom(0);
    else if (e.key !== ' ') return; // space is x6's own: pan
    e.preventDefault();
    e.stopPropagation();
  };
  canvas.addEventListener('keydown', keydown);
  return () => canvas.removeEventListener('keydown', keydown);
}
