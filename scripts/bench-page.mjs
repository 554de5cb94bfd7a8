/** The page docs/benchmarks.md, as `npm run bench -- --against python` writes it. */
import { cpus, totalmem } from 'node:os';
import { spread } from './spread.mjs';

const TITLES = {
  tutorial: [
    '## The tutorial',
    'Five layers of a small network, start to end: `nbconvert --execute` of the same steps, and `npm run tutorial`, which also writes the page.',
  ],
  vgg16: [
    '## VGG16, all its maps',
    'A file of 528 MB with random weights (seed 16), a picture of 224 × 224, and a grid for each of its LAYERS convolutions and poolings, 64 to 512 channels: `nbconvert --execute`, and `convlens run`.',
  ],
};

/** Why Python is faster in a step. */
const REASONS = [
  [/picture/, 'TensorFlow and the picture library are loaded here, which Python does among its imports'],
  [/imports|tensor|summary|CPU/, 'each cell is type-checked before it runs, which Python does not do'],
  [/model/, 'each weight is checked, its place in the file, its size and its shape, before memory is taken'],
  [
    /predict/,
    'Python runs the network as one compiled graph with all vector units of the processor; ours runs it layer by layer and copies every map out of TensorFlow, and wasm has vectors of 128 bits',
  ],
  [
    /matshow/,
    'the first figure loads Vega and canvas, and each carries every value for the pointer besides the pixels',
  ],
  [
    /grid/,
    'a grid of few channels is soon drawn by both, and ours carries the numbers of each tile besides the pixels',
  ],
];

const rowsOf = (steps) => [
  ['whole command, s', (run) => run.seconds, 2],
  ['CPU time, s', (run) => run.cpu, 2],
  ['peak memory of the largest process, MB', (run) => run.peak, 0],
  ['peak memory of all processes, MB', (run) => run.together, 0],
  ['notebook, MB', (run) => run.bytes / 1e6, 2],
  ...steps.map((step) => [`step: ${step}, s`, (run) => run.steps[step], 2]),
];

const range = ([low, middle, high], digits) =>
  `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** Our time over Python's, round by round; empty if Python's cannot be distinguished from 0. */
function ratios(theirs, ours) {
  if (theirs.some((value) => value < 0.005)) return undefined;
  return spread(ours.map((value, i) => value / theirs[i]));
}

function section(name, { python, native, wasm }, layers) {
  const [title, words] = TITLES[name];
  const ahead = [];
  const rows = rowsOf(Object.keys(python[0].steps)).map(([row, of, digits]) => {
    const theirs = python.map(of);
    const cells = [native, wasm].flatMap((runs, i) => {
      const ours = runs.map(of);
      const ratio = ratios(theirs, ours);
      const [mine, python] = [spread(ours)[1], spread(theirs)[1]];
      // By more than the resolution of the clocks.
      if ((ratio?.[1] ?? 2) > 1 && mine - python > 0.015) {
        const times = ratio ? `${ratio[1].toFixed(1)} times as much` : `${mine.toFixed(2)} s instead of none`;
        ahead.push({ row, words: `${i ? 'wasm' : 'native'} takes ${times}` });
      }
      return [range(spread(ours), digits), ratio ? range(ratio, 2) : '–'];
    });
    return `| ${[row, range(spread(theirs), digits), ...cells].join(' | ')} |`;
  });
  return [
    title,
    '',
    words.replace('LAYERS', layers.length),
    '',
    '| | Python | native | ratio | wasm | ratio |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...whereBehind(ahead),
  ];
}

function whereBehind(ahead) {
  if (ahead.length === 0) return ['Python wins nowhere here.', ''];
  const lines = [...new Set(ahead.map(({ row }) => row))].map((row) => {
    const how = ahead.filter((each) => each.row === row).map(({ words }) => words);
    const why = REASONS.find(([pattern]) => pattern.test(row))?.[1];
    return `- ${row.replace(/, (s|MB)$/, '')}: ${how.join(', ')}${why ? `; ${why}` : ''}.`;
  });
  return ['Where Python wins, and why:', '', ...lines, ''];
}

/**
 * @param {object} measured by program: what each run of python, native and wasm took, a round a place
 * @param {{ runs: number, versions: string, layers: string[] }} about
 * @returns {string} the page
 */
export function benchmarkPage(measured, { runs, versions, layers }) {
  const machine = `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`;
  return [
    '# Benchmarks',
    '',
    'What a Python user has (Jupyter, Keras, matplotlib) and convlens, on native TensorFlow and on wasm, by turns on one machine. Written by `npm run bench -- --against python`.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${runs} rounds: median (smallest to largest). ${machine}. ${versions}; Node ${process.versions.node}. A ratio is ours over Python's of the same round; below 1 ours needs less.`,
    '',
    ...Object.entries(measured).flatMap(([name, runsOf]) => section(name, runsOf, layers)),
    'Both draw what their users get: matplotlib the tutorial’s array in a figure of 16 inches, convlens the same array 840 pixels wide, with the numbers of each tile under the pointer. Python pays for the import of TensorFlow and for large grids; ours for the start of the TypeScript compiler and for its look at each cell.',
    '',
  ].join('\n');
}
