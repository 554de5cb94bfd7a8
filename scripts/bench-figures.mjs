/**
 * Each figure beside matplotlib's of the same data, drawn and timed alternately in one run:
 * `npm run bench -- --against matplotlib`. Writes docs/figures.md and its pictures.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spread } from './spread.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const TITLES = {
  matshow: ['One channel: `matshow(activations[0], { channel: 1 })`', '`plt.matshow` with a colour bar'],
  grid: ['All channels: `grid(activations[4])`', "the tutorial's `display_grid` and `plt.imshow`"],
  'grid-512': ['512 channels of 28 × 28 (rectified noise): `grid(…)`', 'the same'],
  'channel-stats': [
    'The channels in numbers: `channelStatsFigure(activations[4])`',
    '`plt.vlines` and `plt.bar`',
  ],
  overlay: [
    'A map over the picture: `overlay(img, activations[4], { channel: 20 })`',
    '`plt.imshow` twice, the map resized by Pillow',
  ],
  overview: ['The whole network: `overview(activations)`', '`plt.subplots` of text and thumbnails'],
  compare: [
    'Two layers on one scale: `compare([activations[0], activations[1]], { channel: 3 })`',
    'two `matshow`s with one colour bar',
  ],
  explore: [
    'Every map of five layers: `explore(activations)`',
    'five pictures, of which this is the last: what does not move must show all at once',
  ],
};

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** @param {number} repeats of each figure in each of three rounds */
export function benchFigures(repeats) {
  const python = join(ensureVenv('bench-figures', 'test/bench/figures-requirements.txt'), 'python');
  const out = join(root, 'out', 'figures');
  mkdirSync(out, { recursive: true });
  const rounds = Array.from({ length: 3 }, () => ({
    theirs: run(python, [
      join('test', 'bench', 'figures.py'),
      join('test', 'fixtures'),
      out,
      String(repeats),
    ]),
    ours: run(process.execPath, [join('dist', 'test', 'bench', 'figures.js'), out, String(repeats)]),
  }));
  const docs = join(root, 'docs', 'figures');
  mkdirSync(docs, { recursive: true });
  const median = (list) => spread(list)[1];
  const rows = [];
  const pictures = [];
  for (const [name, [title, theirTitle]] of Object.entries(TITLES)) {
    const ratios = rounds.map(
      ({ theirs, ours }) => median(ours[name].seconds) / median(theirs[name].seconds),
    );
    const [low, middle, high] = spread(ratios);
    const { theirs, ours } = rounds[1];
    const milliseconds = (side) => Math.round(1000 * median(side[name].seconds));
    rows.push(
      `| ${name} | ${milliseconds(theirs)} | ${milliseconds(ours)} | ${middle.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}) | ${Math.round(theirs[name].bytes / 1000)} | ${Math.round(ours[name].bytes / 1000)} | ${(ours[name].bytes / theirs[name].bytes).toFixed(2)} | ${Math.round(ours[name].bundle / 1000)} |`,
    );
    for (const who of ['convlens', 'matplotlib']) {
      copyFileSync(join(out, `${name}-${who}.png`), join(docs, `${name}-${who}.png`));
    }
    pictures.push(
      `## ${title}`,
      '',
      `![convlens](figures/${name}-convlens.png)`,
      '',
      `matplotlib, ${theirTitle}:`,
      '',
      `![matplotlib](figures/${name}-matplotlib.png)`,
      '',
    );
  }
  const page = [
    '# Our figures beside matplotlib’s',
    '',
    'The same data drawn by both, in one run by turns; written by `npm run bench -- --against matplotlib`. Milliseconds are for the picture alone in a program that has drawn before: ours with the spec and the PNG of the bundle, which has four times the pixels, theirs with `savefig` at 100 dpi. The explorer carries every map of five layers, so its bytes are those of its whole bundle.',
    '',
    '| figure | matplotlib, ms | convlens, ms | ratio | matplotlib PNG, kB | ours, kB | ratio | our whole bundle, kB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...pictures,
  ];
  writeFileSync(join(root, 'docs', 'figures.md'), page.join('\n'));
  console.log(page.slice(2, 6 + rows.length).join('\n'));
}
