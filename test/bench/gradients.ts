import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filterPatterns, gradCam, loadModel, predict, saliency, type Tensor } from '../../src/index';
import { ready, tf } from '../../src/tensorflow/backend';
import { releaseGraph } from '../../src/tensorflow/graph/repeated';

/**
 * Times explanations of a model that test/agreement/make_model.py built, and prints the least seconds of each as JSON.
 * usage: gradients.js NAME FOLDER [predict]     (with `predict`, only the peak memory of predictions)
 */

async function least(compute: () => Promise<unknown>, times: number, before = () => {}): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= times; i++) {
    before();
    const started = performance.now();
    await compute();
    // The first run loads and compiles.
    if (i > 0) best = Math.min(best, (performance.now() - started) / 1000);
  }
  return best;
}

async function main(name: string, folder: string, only?: string): Promise<void> {
  await ready();
  const model = await loadModel(join(folder, `${name}.keras`));
  const { input } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const x = tf().tensor(
    new Float32Array(new Uint8Array(readFileSync(join(folder, `${name}.input.bin`))).buffer),
    input,
  ) as Tensor;
  const release = () => releaseGraph(model as never);
  const peak = () => process.resourceUsage().maxRSS / 1024;
  const forward = () => predict(model, x, { layers: [-1] });
  if (only === 'predict') {
    for (let i = 0; i < 5; i++) await predict(model, x);
    console.log(JSON.stringify({ peak: peak() }));
    return;
  }
  const gradient = () => saliency(model, x, { target: 0, reduce: 'none' });
  const single = await least(gradient, 4, release);
  const graph = await least(gradient, 9);
  const memory = peak();
  const pass = await least(forward, 9);
  const cam = await least(() => gradCam(model, x), 9);
  model.dispose();
  const tutorial = await loadModel('test/fixtures/dogcat_v1.keras');
  const cpu = process.cpuUsage();
  const patterns = await least(() => filterPatterns(tutorial, { layer: 'conv2d_3' }), 1);
  const used = process.cpuUsage(cpu);
  const cpuOfOne = (used.user + used.system) / 2e6;
  console.log(JSON.stringify({ single, graph, forward: pass, cam, patterns, cpuOfOne, peak: memory }));
}

main(process.argv[2]!, process.argv[3]!, process.argv[4]);
