import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { FIGURES } from './figure-cases';
import { readPng } from './read-png';

const ROOT = join(__dirname, '..', '..', '..');
const KEPT = join(ROOT, 'test', 'snapshots');
const OUT = join(ROOT, 'out', 'snapshots');
/** `UPDATE_SNAPSHOTS=1 npm test -- test/renderers/snapshots` keeps what is drawn now: look at it before you commit. */
const update = process.env['UPDATE_SNAPSHOTS'] === '1';
/** Letters may be smoothed a little otherwise by another cairo or freetype. */
const MOST_PIXELS = 25;

const fileOf = (name: string) => `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.png`;

/** What is kept, what was drawn, and in red where they differ, side by side. */
function beside(...pictures: PNG[]): PNG {
  const [width, height] = [
    pictures.reduce((sum, picture) => sum + picture.width + 8, 0),
    Math.max(...pictures.map((picture) => picture.height)),
  ];
  const all = new PNG({ width, height, fill: true });
  pictures.reduce((x, picture) => {
    PNG.bitblt(picture, all, 0, 0, picture.width, picture.height, x, 0);
    return x + picture.width + 8;
  }, 0);
  return all;
}

async function compare(name: string, drawn: PNG): Promise<void> {
  const path = join(KEPT, fileOf(name));
  if (update) {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(path, PNG.sync.write(drawn));
    return;
  }
  assert.ok(existsSync(path), `there is no snapshot ${fileOf(name)} yet: run with UPDATE_SNAPSHOTS=1`);
  const kept = readPng(readFileSync(path));
  const same = kept.width === drawn.width && kept.height === drawn.height;
  const difference = new PNG({ width: kept.width, height: kept.height });
  const { default: pixelmatch } = await import('pixelmatch');
  const pixels = same
    ? pixelmatch(kept.data, drawn.data, difference.data, kept.width, kept.height, { threshold: 0.1 })
    : Number.POSITIVE_INFINITY;
  if (pixels <= MOST_PIXELS) return;
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, fileOf(name)), PNG.sync.write(beside(kept, drawn, ...(same ? [difference] : []))));
  const how = same
    ? `${pixels} pixels differ`
    : `it is ${drawn.width} × ${drawn.height}, not ${kept.width} × ${kept.height}`;
  assert.unreachable(`${how}: kept, drawn and difference are in out/snapshots/${fileOf(name)}`);
}

suite('snapshots', {
  ...Object.fromEntries(
    Object.entries(FIGURES).map(([name, make]) => [
      name,
      async () => {
        await compare(name, readPng(make().png));
      },
    ]),
  ),
  'each figure has one of two widths, but that the paper of a grid ends where its tiles end': () => {
    const widths = Object.keys(FIGURES).map((name) => ({
      name,
      width: readPng(readFileSync(join(KEPT, fileOf(name)))).width,
    }));
    // Frames and rounding may add up to three pixels.
    const others = widths.filter(
      ({ name, width }) =>
        ![584, 800].some((wanted) => width >= wanted && width <= wanted + 3) &&
        !(name.startsWith('grid') && width > 584 && width < 800),
    );
    assert.equal(others, []);
  },
  'each snapshot belongs to a figure': () => {
    assert.equal(readdirSync(KEPT).sort(), Object.keys(FIGURES).map(fileOf).sort());
  },
});
