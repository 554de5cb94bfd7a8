import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { atlas, loadImage, loadModel } from '../../src/index';
import { croppedPixels } from '../../src/maps/patch-region';
import { encodePicture } from '../../src/pictures/encode';
import { resize } from '../../src/pictures/resample';
import { ready } from '../../src/tensorflow/backend';

/**
 * Times an atlas of all maps, and prints pictures, seconds, CPU seconds and memory as JSON, after a first batch.
 * usage: atlas.js draw FOLDER COUNT           makes pictures of 224 × 224, crops of the cat
 *        atlas.js run MODEL FOLDER BATCH [COUNT]   with COUNT, goes through the folder until so many pictures are read
 */
async function draw(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const cat = await loadImage('notebooks/cat.jpg');
  let seed = 27;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return (seed >> 8) % below;
  };
  for (let i = readdirSync(folder).length; i < count; i++) {
    const side = 60 + random(Math.min(cat.height, cat.width) - 60);
    const [top, left] = [random(cat.height - side + 1), random(cat.width - side + 1)];
    const crop = resize(croppedPixels(cat, [top, top + side], [left, left + side]), [224, 224], 'bilinear');
    writeFileSync(join(folder, `${String(i).padStart(5, '0')}.jpg`), await encodePicture(crop));
  }
}

/** After so many pictures the allocators of V8 and TensorFlow have what they need: 60 MB more than after the first batch. */
const WARM = 1000;

async function run(path: string, folder: string, batch: number, most?: number): Promise<void> {
  await ready();
  const model = await loadModel(path);
  let begun: { seconds: number; cpu: NodeJS.CpuUsage } | undefined;
  let memory: number | undefined;
  const names = readdirSync(folder).map((name) => join(folder, name));
  const count = most ?? names.length;
  let pictures = folder;
  if (most !== undefined) {
    pictures = `${folder}.txt`;
    const lines = Array.from({ length: count }, (_, i) => resolve(names[i % names.length]!));
    writeFileSync(pictures, lines.join('\n'));
  }
  await atlas(model, pictures, {
    batch,
    preprocess: '0..1',
    onProgress({ done }) {
      begun ??= { seconds: performance.now(), cpu: process.cpuUsage() };
      if (done >= WARM) memory ??= process.memoryUsage().rss;
    },
  });
  const { user, system } = process.cpuUsage(begun!.cpu);
  console.log(
    JSON.stringify({
      pictures: count - batch,
      seconds: (performance.now() - begun!.seconds) / 1000,
      cpu: (user + system) / 1e6,
      peak: process.resourceUsage().maxRSS / 1024,
      grown: memory && (process.memoryUsage().rss - memory) / 2 ** 20,
    }),
  );
}

const [, , what, ...args] = process.argv as string[];
if (what === 'draw') void draw(args[0]!, Number(args[1]));
else void run(args[0]!, args[1]!, Number(args[2]), args[3] === undefined ? undefined : Number(args[3]));
