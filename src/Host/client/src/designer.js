// The canvas: x6 does the gestures, Blazor owns the data. Every gesture is told to .NET, which changes the definition and
// calls update() with the whole picture again; what .NET refuses is therefore undone by the same call.
import { Graph, MiniMap, Selection, Snapline } from '@antv/x6';
import { MiniatureNode, registerShapes, toEdge, toNode } from './shapes.js';
import { listenToKeys } from './keys.js';

const NUDGE = 8;
const DOTS = 16;
const READABLE = 0.8;

export function create(canvas, minimap, model, dotnet) {
  const page = canvas.closest('.dz');
  registerShapes();
  let current = model;
  let syncing = false;
  let disposed = false;
  // The circuit may go away between a gesture and its answer; the reload that follows is the message, not an error here.
  const tell = (method, ...args) => { if (!disposed && !syncing) dotnet.invokeMethodAsync(method, ...args).catch(() => {}); };

  const graph = new Graph({
    container: canvas,
    autoResize: true,
    async: false,
    background: false,
    grid: { size: 4, visible: false }, // definitions place steps at multiples of ten or twenty: a coarser grid would shift them off their row
    panning: { enabled: true, eventTypes: ['leftMouseDown', 'mouseWheel'] },
    mousewheel: { enabled: true, modifiers: ['ctrl', 'meta'], minScale: 0.2, maxScale: 2 },
    interacting: () => ({ nodeMovable: !current.readOnly, edgeMovable: false, magnetConnectable: !current.readOnly, arrowheadMovable: false, vertexMovable: false, edgeLabelMovable: false }),
    connecting: {
      snap: { radius: 24 }, allowBlank: false, allowLoop: true, allowEdge: false, allowMulti: true, highlight: true,
      router: 'orth', connector: { name: 'rounded', args: { radius: 6 } },
      createEdge() { return this.createEdge({ shape: 'wf-edge', attrs: { line: { stroke: 'var(--cf-primary)', strokeWidth: 2 } } }); },
      validateMagnet: ({ magnet }) => magnet.getAttribute('port-group') === 'out' || !!magnet.closest('[port-group=out]') || magnet.classList.contains('wf-port'),
      validateConnection: ({ sourceCell, targetCell, targetMagnet }) => !!sourceCell && !!targetCell && targetCell.isNode() && !targetMagnet && targetCell.getData().accepts,
    },
    highlighting: { magnetAvailable: { name: 'className', args: { className: 'wf-can-connect' } } },
  });
  graph.use(new Selection({ enabled: true, multiple: true, rubberband: true, modifiers: 'shift', movable: true, showNodeSelectionBox: false, pointerEvents: 'none' }));
  graph.use(new Snapline({ enabled: true, clean: true }));
  if (minimap) graph.use(new MiniMap({ container: minimap, width: 134, height: 94, padding: 6, scalable: false, graphOptions: { createCellView: (cell) => (cell.isNode() ? MiniatureNode : null) } }));

  // While a step is dragged its connections follow roughly; .NET lays the final routes.
  const loosen = (node) => {
    for (const edge of graph.getConnectedEdges(node)) {
      if (edge.getData()?.loose) continue;
      edge.setData({ ...edge.getData(), loose: true }, { overwrite: true });
      edge.setSource({ cell: edge.getSourceCellId() });
      edge.setTarget({ cell: edge.getTargetCellId() });
      edge.setVertices([]);
      edge.setRouter('orth', { padding: 16 });
    }
  };

  const moved = () => {
    const known = new Map(current.nodes.map((n) => [n.id, n]));
    const moves = graph.getNodes().filter((n) => known.has(n.id)).map((n) => ({ id: n.id, x: Math.round(n.position().x), y: Math.round(n.position().y) }))
      .filter((m) => m.x !== known.get(m.id).x || m.y !== known.get(m.id).y);
    if (moves.length) tell('Moved', moves);
  };

  graph.on('node:change:position', ({ node }) => { if (!syncing) loosen(node); });
  graph.on('node:moved', moved);
  graph.on('edge:connected', ({ edge, isNew }) => {
    if (!isNew) return;
    const [source, port, target] = [edge.getSourceCellId(), edge.getSourcePortId(), edge.getTargetCellId()];
    edge.remove();
    tell('Connected', source, port, target);
  });
  graph.on('selection:changed', ({ selected }) => {
    for (const cell of graph.getCells()) if (cell.isNode()) mark(cell, selected.includes(cell)); else emphasise(cell, selected.includes(cell));
    tell('Selected', selected.filter((c) => c.isNode()).map((c) => c.id), selected.filter((c) => c.isEdge()).map((c) => c.id));
  });
  graph.on('node:dblclick', () => tell('Command', 'properties'));
  graph.on('scale', ({ sx }) => tell('Zoomed', Math.round(sx * 100)));
  const dots = () => {
    const { tx, ty } = graph.translate();
    const size = DOTS * graph.zoom() * (graph.zoom() < 0.5 ? 2 : 1);
    canvas.style.backgroundSize = `${size}px ${size}px`;
    canvas.style.backgroundPosition = `${tx}px ${ty}px`;
  };
  graph.on('scale', dots);
  graph.on('translate', dots);
  graph.on('blank:mousedown', () => canvas.focus({ preventScroll: true }));
  graph.on('cell:mousedown', () => canvas.focus({ preventScroll: true }));

  const mark = (node, on) => node.setData({ ...node.getData(), selected: on }, { overwrite: true });
  const emphasise = (edge, on) => { edge.attr('line/strokeWidth', on ? 2.5 : 1.5); edge.attr('line/stroke', on ? 'var(--cf-primary)' : edge.getData().stroke); edge.setZIndex(on ? 1 : 0); };

  function update(next) {
    syncing = true;
    try {
      const selected = new Set(graph.getSelectedCells().map((c) => c.id));
      current = next;
      const wanted = new Set([...next.nodes, ...next.edges].map((c) => c.id));
      graph.removeCells(graph.getCells().filter((c) => !wanted.has(c.id)));
      for (const n of next.nodes) {
        const made = toNode(n);
        const cell = graph.getCellById(n.id);
        if (!cell) { graph.addNode(made); continue; }
        cell.position(n.x, n.y);
        cell.resize(n.width, n.height);
        cell.setData({ ...made.data, selected: selected.has(n.id) }, { overwrite: true });
        cell.prop('ports', made.ports, { rewrite: true });
      }
      for (const e of next.edges) { graph.getCellById(e.id)?.remove(); graph.addEdge(toEdge(e)); }
      graph.resetSelection([...selected].filter((id) => wanted.has(id)));
      for (const edge of graph.getEdges()) if (selected.has(edge.id)) emphasise(edge, true);
    } finally { syncing = false; }
  }

  function select(ids, reveal) {
    syncing = true;
    try {
      graph.resetSelection(ids);
      for (const cell of graph.getCells()) if (cell.isNode()) mark(cell, ids.includes(cell.id)); else emphasise(cell, ids.includes(cell.id));
      const cell = reveal && ids.length ? graph.getCellById(ids[0]) : null;
      if (cell) graph.centerCell(cell);
    } finally { syncing = false; }
  }

  const zoom = (to) => { graph.zoomTo(Math.min(2, Math.max(0.2, to))); };
  const fit = () => { if (graph.getNodes().length) graph.zoomToFit({ padding: 32, maxScale: 1 }); };
  const nudge = (dx, dy) => {
    for (const cell of graph.getSelectedCells()) if (cell.isNode()) cell.translate(dx * NUDGE, dy * NUDGE);
    moved();
  };
  const step = (back) => {
    const order = current.nodes.map((n) => n.id);
    const at = order.indexOf(graph.getSelectedCells().find((c) => c.isNode())?.id);
    const next = at + (back ? -1 : 1);
    if (at < 0 ? !order.length : next < 0 || next >= order.length) return false; // leave the canvas at either end
    const id = order[at < 0 ? (back ? order.length - 1 : 0) : next];
    select([id], true);
    tell('Selected', [id], []);
    return true;
  };

  const stopKeys = listenToKeys(canvas, { readOnly: () => current.readOnly, command: (name) => tell('Command', name), nudge, step, zoom: (by) => zoom(by === 0 ? 1 : graph.zoom() + by) });

  const dragStart = (e) => {
    const item = e.target.closest?.('[data-activity]');
    if (item) { e.dataTransfer.setData('text/x-activity', item.dataset.activity); e.dataTransfer.effectAllowed = 'copy'; }
  };
  const dragOver = (e) => { if (!current.readOnly && e.dataTransfer.types.includes('text/x-activity')) e.preventDefault(); };
  const drop = (e) => {
    const type = e.dataTransfer.getData('text/x-activity');
    if (!type || current.readOnly) return;
    e.preventDefault();
    const at = graph.clientToLocal(e.clientX, e.clientY);
    tell('Dropped', type, Math.round(at.x / NUDGE) * NUDGE, Math.round(at.y / NUDGE) * NUDGE);
  };
  page.addEventListener('dragstart', dragStart);
  canvas.addEventListener('dragover', dragOver);
  canvas.addEventListener('drop', drop);

  // A long process opens readable at its beginning, a short one whole.
  const open = () => {
    fit();
    if (graph.zoom() >= READABLE || !current.nodes.length) return;
    graph.zoomTo(READABLE);
    const box = graph.getContentArea();
    graph.positionPoint({ x: box.x, y: box.y + box.height / 2 }, 32, '50%');
  };

  update(model);
  open();
  dots();

  return {
    update,
    /** Another container's steps: nothing of the old picture stays, and the new one is seen from its beginning. */
    show(next) {
      syncing = true;
      graph.resetCells([]);
      syncing = false;
      update(next);
      open();
      dots();
    },
    select,
    fit,
    zoomBy(by) { zoom(graph.zoom() + by); },
    /** The middle of what is seen, for steps added from the palette by keyboard. */
    centre() {
      const area = graph.getGraphArea();
      return [Math.round(area.center.x / NUDGE) * NUDGE, Math.round(area.center.y / NUDGE) * NUDGE];
    },
    dispose() {
      disposed = true;
      stopKeys();
      page.removeEventListener('dragstart', dragStart);
      canvas.removeEventListener('dragover', dragOver);
      canvas.removeEventListener('drop', drop);
      graph.dispose();
    },
  };
}

/** Hands a text to the browser as a file. */
export function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The phone, where the canvas is for reading. */
export function isNarrow() { return matchMedia('(max-width: 720px)').matches; }
