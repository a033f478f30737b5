// How steps and connections look. Colours are the product's CSS variables, so the theme switch needs nothing here.
import { Graph, NodeView, Shape } from '@antv/x6';

let registered = false;

export function registerShapes() {
  if (registered) return;
  registered = true;
  Shape.HTML.register({ shape: 'wf-step', effect: ['data', 'size'], html: (cell) => draw(cell.getData()) });
  Graph.registerEdge('wf-edge', {
    inherit: 'edge',
    attrs: { line: { stroke: 'var(--cf-dg-idle)', strokeWidth: 1.5, targetMarker: { name: 'block', width: 8, height: 7 } } },
    connector: { name: 'rounded', args: { radius: 6 } },
    zIndex: 0,
  }, true);
}

const element = (tag, className, text) => {
  const e = document.createElement(tag);
  e.className = className;
  if (text) e.textContent = text;
  return e;
};

function draw(d) {
  const root = element('div', `wf-step wf-${d.shape} wf-${d.kind}${d.selected ? ' wf-selected' : ''}${d.problem ? ` wf-has-${d.problem}` : ''}`);
  root.dataset.step = d.id;
  root.title = d.problemText || '';
  if (d.shape === 'card') root.append(element('span', 'wf-glyph', d.glyph));
  const words = element('span', 'wf-words');
  words.append(element('b', 'wf-title', d.title));
  if (d.subtitle) words.append(element('span', 'wf-sub', d.subtitle));
  root.append(words);
  if (d.problem) root.append(element('span', 'wf-mark', '!'));
  return root;
}

export function toNode(n) {
  return {
    id: n.id, shape: 'wf-step', x: n.x, y: n.y, width: n.width, height: n.height, zIndex: 2, data: n,
    ports: {
      groups: {
        out: {
          position: { name: 'right' }, markup: [{ tagName: 'circle', selector: 'circle', className: 'wf-port' }],
          attrs: { circle: { r: 5, magnet: true, stroke: 'var(--cf-primary)', strokeWidth: 2, fill: 'var(--cf-surface)' }, text: { fill: 'var(--cf-ink-2)', fontSize: 12, class: 'wf-port-label' } },
          label: { position: { name: 'right', args: { x: 10 } } },
        },
      },
      items: n.outcomes.map((o) => ({ id: o.name, group: 'out', attrs: { circle: { 'data-outcome': o.name }, text: { text: o.label } } })),
    },
  };
}

export function toEdge(e) {
  const stroke = e.back ? 'var(--cf-lv-important-bar)' : 'var(--cf-dg-idle)';
  const end = (cell, at) => ({ cell, anchor: { name: 'topLeft', args: { dx: at.x, dy: at.y } }, connectionPoint: 'anchor' });
  return {
    id: e.id, shape: 'wf-edge', source: end(e.source, e.from), target: end(e.target, e.to), vertices: e.vertices, router: 'normal', data: { stroke },
    attrs: { line: { stroke, strokeDasharray: e.back ? '5 4' : '' } },
    labels: e.label ? [{ position: e.labelAt, markup: [{ tagName: 'rect', selector: 'body' }, { tagName: 'text', selector: 'label' }],
      attrs: {
        label: { text: e.label, fill: 'var(--cf-ink-2)', fontSize: 12, textAnchor: 'middle', textVerticalAnchor: 'middle', pointerEvents: 'none' },
        body: { ref: 'label', fill: 'var(--cf-bg)', rx: 3, ry: 3, refWidth: 8, refHeight: 2, refX: -4, refY: -1 } } }] : [],
  };
}

/** Minimap: plain blocks; a second copy of every step's text would be read and found twice. */
export class MiniatureNode extends NodeView {
  renderMarkup() { return this.renderJSONMarkup({ tagName: 'rect', selector: 'body' }); }
  update() { super.update({ body: { refWidth: '100%', refHeight: '100%', rx: 8, fill: 'var(--cf-line-input)' } }); }
}
