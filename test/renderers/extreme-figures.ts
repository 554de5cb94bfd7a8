import { architectureFigure } from '../../renderers/architecture';
import { channelStatsFigure } from '../../renderers/channel-stats';
import { heatmapFigure } from '../../renderers/class-heatmap';
import { compareFigure } from '../../renderers/compare';
import { exploreFigure } from '../../renderers/explore';
import type { Figure } from '../../renderers/figure';
import { drawFilters, filtersFigure } from '../../renderers/filters';
import { gridFigure } from '../../renderers/grid';
import { histogramFigure } from '../../renderers/histogram';
import { matshowFigure } from '../../renderers/matshow';
import { overlayFigure } from '../../renderers/overlay';
import { overviewFigure } from '../../renderers/overview';
import { predictionsFigure } from '../../renderers/predictions';

/** Sixty letters, as some layers of NASNet and ConvNeXt have nearly. */
const LONG = 'block_12_expand_relu_of_a_network_with_very_long_layer_names';

/** Numbers that take as much room as numbers can. */
const tiny = (i: number) => -1.23456e-5 * (1 + Math.sin(i / 9));
const odd = (i: number) =>
  i % 7 === 0 ? Number.NaN : i % 11 === 0 ? Number.POSITIVE_INFINITY : -1.23456e-12 * (1 + Math.sin(i));

const made = (shape: number[], value = tiny, layer = LONG) => ({
  layer,
  type: 'DepthwiseConv2DOfAClassWithALongName',
  model: `model_of_${LONG}`,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i)),
});

const gray = { height: 150, width: 150, channels: 1, data: new Uint8Array(150 * 150).fill(120) };
const map = made([1, 17, 17, 4]);
const tall = made([1, 400, 4, 4], odd);
const labels = (count: number) => Array.from({ length: count }, (_, i) => `${LONG}${i}`);

/** Figures with the longest names and numbers, and of maps of the most unequal sides. */
export const EXTREMES: Record<string, () => Figure> = {
  matshow: () => matshowFigure(map, { channel: 1 }),
  'matshow beside the picture': () => matshowFigure(map, { channel: 1, picture: gray }),
  'a map of four columns': () => matshowFigure(made([1, 400, 4, 1])),
  'a map of four rows': () => matshowFigure(made([1, 4, 400, 1])),
  steps: () => matshowFigure(made([1, 300, 10])),
  units: () => matshowFigure(made([1, 600]), { labels: labels(600) }),
  'few units': () => matshowFigure(made([1, 5]), { labels: labels(5) }),
  overlay: () => overlayFigure(gray, map, { channel: 1 }),
  heatmap: () => heatmapFigure(gray, made([1, 17, 17, 1])),
  'grid of 2,048': () => gridFigure(made([1, 8, 8, 2048])),
  'grid of four': () => gridFigure(made([1, 8, 8, 4], odd)),
  'grid of maps of four columns': () => gridFigure(tall),
  explorer: () =>
    exploreFigure([made([1, 8, 8, 4]), made([1, 17, 17, 64], odd, `${LONG}_2`)], { picture: gray }),
  'explorer without a picture': () => exploreFigure(made([1, 8, 8, 512], odd)),
  'explorer of maps of four columns': () => exploreFigure(tall),
  compare: () => compareFigure([made([1, 8, 8, 4]), made([1, 17, 17, 64], odd, `${LONG}_2`)]),
  'compare maps of four columns': () => compareFigure(tall, { channel: [0, 1, 2, 3] }),
  difference: () => compareFigure(map, { channel: [0, 1], difference: true }),
  'statistics of one channel': () => channelStatsFigure(made([1, 8, 8, 1], odd)),
  'statistics of 64': () => channelStatsFigure(made([1, 8, 8, 64])),
  'statistics of 2,048': () => channelStatsFigure(made([1, 8, 8, 2048], odd)),
  histogram: () => histogramFigure([map, made([1, 100, 100, 64], tiny, `${LONG}_2`)]),
  overview: () => overviewFigure([map, made([1, 7, 7, 2048], odd, `${LONG}_2`)]),
  predictions: () =>
    predictionsFigure(
      labels(2).map((label, index) => ({ label, index, score: 0.5, kind: 'softmax' as const })),
      { picture: gray },
    ),
  kernels: () =>
    drawFilters(
      [0, 1, 2].map((channel) => ({
        ...{ height: 3, width: 3, channels: 3, data: new Uint8Array(27) },
        ...{ layer: LONG, channel, activation: 1 },
      })),
      {},
      [0, 1, 2].map(() => Float32Array.from({ length: 27 }, (_, i) => tiny(i))),
    ),
  filters: () =>
    filtersFigure([1, 2].map((channel) => ({ ...gray, layer: LONG, channel, activation: -1e-5 }))),
  architecture: () =>
    architectureFigure({
      name: LONG,
      parameters: 1_234_567,
      nodes: ['in', 'a', 'b', 'sum'].map((id) => ({
        ...{ id, name: `${LONG}_${id}`, type: 'DepthwiseConv2DOfAClassWithALongName' },
        shape: [1000, 1000, 2048],
      })),
      edges: [
        ['in', 'a'],
        ['in', 'b'],
        ['a', 'sum'],
        ['b', 'sum'],
      ],
    }),
};
