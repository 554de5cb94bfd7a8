/** Draws what test/bench/figures.py draws, timed: `node figures.js OUT REPEATS`; prints JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelStatsFigure, gridFigure, matshowFigure } from '../../src/plot';
import { kerasActivation } from '../npy';

const [, , out, repeats] = process.argv;
const noise = {
  layer: 'noise',
  shape: [1, 28, 28, 512],
  data: new Float32Array(new Uint8Array(readFileSync(join(out, 'noise.bin'))).buffer),
};
const [first, third] = ['conv2d_1', 'conv2d_3'].map(kerasActivation);

const CASES = {
  matshow: () => matshowFigure(first, { channel: 1 }),
  grid: () => gridFigure(third),
  'grid-512': () => gridFigure(noise),
  'channel-stats': () => channelStatsFigure(third),
};

const result: Record<string, { seconds: number[]; bytes: number; bundle: number }> = {};
for (const [name, draw] of Object.entries(CASES)) {
  const seconds: number[] = [];
  let figure = draw();
  let bundle = '';
  for (let repeat = 0; repeat <= Number(repeats); repeat++) {
    const started = performance.now();
    figure = draw();
    bundle = JSON.stringify(figure.bundle());
    // The first one loads Vega.
    if (repeat > 0) seconds.push((performance.now() - started) / 1000);
  }
  writeFileSync(join(out, `${name}-convlens.png`), figure.png);
  result[name] = {
    seconds: seconds.sort((a, b) => a - b),
    bytes: figure.png.length,
    bundle: bundle.length,
  };
}
console.log(JSON.stringify(result));
