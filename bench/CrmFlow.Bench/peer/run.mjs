// The peer of engine-core: runs an equal process again and again and answers each line "MILLISECONDS" on standard input with "INSTANCES SECONDS".
// Its definition is parsed once, which its own examples do for every instance.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { Engine } = require('bpmn-engine');
const BpmnModdle = require('bpmn-moddle');
const serializer = require('moddle-context-serializer');
const elements = require('bpmn-elements');

const flows = ['start', 'a', 'b', 'c', 'd', 'end'];
const source = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">
  <process id="p" isExecutable="true">
    <startEvent id="start" />
    ${['a', 'b', 'c', 'd'].map(id => `<task id="${id}" />`).join('')}
    <endEvent id="end" />
    ${flows.slice(1).map((to, i) => `<sequenceFlow id="to-${to}" sourceRef="${flows[i]}" targetRef="${to}" />`).join('')}
  </process>
</definitions>`;
const context = await new BpmnModdle().fromXML(source);
const parsed = serializer.default(context, serializer.TypeResolver(elements));

async function instance() {
  const engine = new Engine({ name: 'bench', sourceContext: parsed });
  const ended = engine.waitFor('end');
  await engine.execute();
  await ended;
}

await instance();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const started = process.hrtime.bigint(), until = started + BigInt(line) * 1000000n;
  let count = 0;
  while (process.hrtime.bigint() < until) { await instance(); count++; }
  console.log(`${count} ${Number(process.hrtime.bigint() - started) / 1e9}`);
}
