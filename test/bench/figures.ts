/** Draws what test/bench/figures.py draws, timed: `node figures.js OUT REPEATS`; prints JSON. */
import '../../renderers/node';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelStatsFigure } from '../../renderers/channel-stats';
import { compareFigure } from '../../renderers/compare';
import { exploreFigure } from '../../renderers/explore';
import { gridFigure } from '../../renderers/grid';
import { matshowFigure } from '../../renderers/matshow';
import { overlayFigure } from '../../renderers/overlay';
import { overviewFigure } from '../../renderers/overview';
import { loadImage } from '../../src/pictures/load';
import { FIXTURES, kerasActivation } from '../npy';

const [, , out, repeats] = process.argv;
const noise = {
  layer: 'noise',
  shape: [1, 28, 28, 512],
  data: new Float32Array(new Uint8Array(readFileSync(join(out!, 'noise.bin'))).buffer),
};
const LAYERS = ['conv2d_1', 'max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3'].map(
  kerasActivation,
);
const [first, pooled, , , third] = LAYERS;

async function main(): Promise<void> {
  const cat = await loadImage(join(FIXTURES, '..', '..', 'notebooks', 'cat.jpg'), { targetSize: [150, 150] });
  const cases = {
    matshow: () => matshowFigure(first!, { channel: 1 }),
    grid: () => gridFigure(third!),
    'grid-512': () => gridFigure(noise),
    'channel-stats': () => channelStatsFigure(third!),
    overlay: () => overlayFigure(cat, third!, { channel: 20 }),
    overview: () => overviewFigure(LAYERS),
    compare: () => compareFigure([first!, pooled!], { channel: 3 }),
    explore: () => exploreFigure(LAYERS),
  };
  const result: Record<string, { seconds: number[]; bytes: number; bundle: number }> = {};
  for (const [name, draw] of Object.entries(cases)) {
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
    writeFileSync(join(out!, `${name}-convlens.png`), figure.png);
    result[name] = {
      seconds: seconds.sort((a, b) => a - b),
      // An explorer's PNG shows one map only: what travels with it counts.
      bytes: name === 'explore' ? bundle.length : figure.png.length,
      bundle: bundle.length,
    };
  }
  console.log(JSON.stringify(result));
}

void main();
