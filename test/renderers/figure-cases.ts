import { architectureFigure } from '../../renderers/architecture';
import { drawAtlasChannel } from '../../renderers/atlas-channel';
import { drawAtlasLayer } from '../../renderers/atlas-layer';
import { channelStatsFigure } from '../../renderers/channel-stats';
import { heatmapFigure } from '../../renderers/class-heatmap';
import { compareFigure } from '../../renderers/compare';
import { exploreFigure } from '../../renderers/explore';
import type { Figure } from '../../renderers/figure';
import { filtersFigure } from '../../renderers/filters';
import { gridFigure } from '../../renderers/grid';
import { matshowFigure } from '../../renderers/matshow';
import { overlayFigure } from '../../renderers/overlay';
import { overviewFigure } from '../../renderers/overview';
import { predictionsFigure } from '../../renderers/predictions';
import type { AtlasChannel } from '../../src/maps/atlas-channel';
import { kerasActivation } from '../npy';

const ofValues = (shape: number[], values: number[]) => ({
  layer: 'made',
  shape,
  data: Float32Array.from(values),
});
/** NaN, both infinities and one number. */
export const odd = ofValues(
  [1, 2, 2, 2],
  [Number.NaN, 1, 2, 1, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 1],
);

/** A picture of 2 × 3 gray pixels. */
const gray = { height: 2, width: 3, channels: 1, data: Uint8Array.of(0, 50, 100, 150, 200, 250) };

/** A class heatmap, as gradCam returns it. */
const explained = {
  ...ofValues([1, 2, 2, 1], [0, 0.25, 0.5, 1]),
  method: 'grad-cam',
  explained: [
    {
      output: 'out',
      index: 1,
      label: 'tabby cat',
      score: 3.25,
      before: 'softmax' as const,
      answer: ['tabby cat', 'lynx', 'dog'].map((label, i) => ({
        label,
        index: i,
        score: [0.8, 0.15, 0.05][i]!,
        kind: 'softmax' as const,
      })),
    },
  ],
};

/** A channel of an atlas, as it is over four pictures. */
const channelOfAtlas: AtlasChannel = {
  ...{ layer: 'made', channel: 3, mean: -0.25, std: 1.5, min: -4, max: 3.75, sparsity: 0.5, fires: 0.75 },
  ...{ dead: false, nan: 2, positiveInfinity: 0, negativeInfinity: 0 },
  histogram: { from: -4, width: 0.5, counts: [1, 0, 0, 7, 30, 90, 400, 900, 700, 60, 20, 4, 0, 0, 0, 2] },
  patches: [3.75, 3, -0.5].map((value, i) => ({
    ...{ picture: i, name: `cat/a-picture-with-a-long-name-${i}.png`, value, row: 0, column: i },
    ...{ rows: [0, 2] as const, columns: [i, i + 1] as const },
  })),
  together: [{ channel: 1, correlation: 0.98 }],
  auc: [
    { name: 'cat', auc: 0.91 },
    { name: 'a class with a name that is longer than its room', auc: 0.2 },
    { name: 'empty', auc: Number.NaN },
  ],
};
const deadOfAtlas: AtlasChannel = {
  ...{ ...channelOfAtlas, channel: 4, dead: true, min: 0, max: 0, mean: 0, std: 0, fires: 0, nan: 0 },
  ...{ histogram: { from: 0, width: 1, counts: [] }, patches: [], together: [], auc: [] },
};
const mapOfGray = { height: 2, width: 2, data: Float32Array.of(-1, 0, 2, 4) };

/** Three branches. */
const branched = {
  name: 'branched',
  parameters: 1234,
  nodes: ['in', 'a', 'b', 'c', 'd', 'sum'].map((name, i) => ({
    id: name,
    name,
    type: ['InputLayer', 'Conv2D', 'Conv2D', 'MaxPooling2D', 'BatchNormalization', 'Add'][i]!,
    shape: [8, 8, 4],
  })),
  edges: [
    ['in', 'a'],
    ['in', 'b'],
    ['in', 'c'],
    ['a', 'd'],
    ['d', 'sum'],
    ['b', 'sum'],
    ['c', 'sum'],
  ] as [string, string][],
};

/** One of each kind of figure, and each of the inputs that are hard to draw. */
export const FIGURES: Record<string, () => Figure> = {
  matshow: () => matshowFigure(kerasActivation('conv2d_1'), { channel: 1 }),
  'matshow of a dead channel': () => matshowFigure(kerasActivation('conv2d_1'), { channel: 12 }),
  'matshow with NaN and infinity': () => matshowFigure(odd),
  'matshow of negative values only': () => matshowFigure(ofValues([1, 2, 2, 1], [-4, -3, -2, -1])),
  'matshow of the range of 16-bit floats': () =>
    matshowFigure(ofValues([1, 2, 2, 1], [6e-8, 1, 1000, 65504])),
  'grid of negative values, of 16-bit extremes, of zeros and of one pixel': () =>
    gridFigure(ofValues([1, 1, 1, 4], [-3, 65504, 6e-8, 0]), { scale: 'shared', imagesPerRow: 4 }),
  'matshow of a Dense output': () => matshowFigure(ofValues([1, 4], [1, 2, 3, 4])),
  'matshow of one value': () => matshowFigure(ofValues([1, 1, 1, 1], [3])),
  'matshow between vmin and vmax': () =>
    matshowFigure(kerasActivation('conv2d_3'), { vmin: 0.1, vmax: 0.2, cmap: 'magma_r' }),
  grid: () => gridFigure(kerasActivation('conv2d_2')),
  'grid at half size': () => gridFigure(kerasActivation('conv2d_1')),
  'grid with a remainder row': () =>
    gridFigure(kerasActivation('conv2d_1'), { channels: [0, 1, 2, 3, 4], imagesPerRow: 4 }),
  'grid of a Dense output': () => gridFigure(ofValues([1, 4], [1, 2, 3, 4])),
  'grid of one value': () => gridFigure(ofValues([1, 1, 1, 1], [3])),
  'matshow of a picture': () => matshowFigure({ ...gray, width: 1, channels: 3 }),
  'matshow of a gray picture': () => matshowFigure(gray),
  'matshow of rows': () =>
    matshowFigure([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  'grid with gutters, in order, on one scale': () =>
    gridFigure(kerasActivation('conv2d_2'), { gutter: 2, sort: 'variance', scale: 'shared' }),
  'two maps on one scale': () => compareFigure(['conv2d_1', 'conv2d_2'].map(kerasActivation), { channel: 3 }),
  'two maps on one scale, with NaN': () => compareFigure([odd, odd], { channel: 0, titles: ['a', 'b'] }),
  overlay: () => overlayFigure(gray, kerasActivation('conv2d_3'), { channel: 20 }),
  'overlay of a dead channel': () => overlayFigure(gray, kerasActivation('conv2d_3'), { channel: 9 }),
  'heatmap over a picture, with the answer': () => heatmapFigure(gray, explained),
  'heatmap of values below 0': () =>
    heatmapFigure(gray, ofValues([1, 2, 2, 1], [-1, 0.5, 0, 0.25]), { title: 'signed' }),
  'heatmap of nothing': () => heatmapFigure(gray, ofValues([1, 2, 2, 1], [0, 0, 0, 0])),
  'heatmap with NaN': () => heatmapFigure(gray, ofValues([1, 1, 2, 1], [Number.NaN, 1])),
  'patterns of filters, one of them dead': () =>
    filtersFigure(
      [3, 7, 12].map((channel) => ({
        ...gray,
        layer: 'made',
        channel,
        activation: channel === 7 ? 0 : 0.123456,
        dead: channel === 7,
      })),
    ),
  'channel of an atlas': () =>
    drawAtlasChannel(channelOfAtlas, [
      { picture: gray },
      { picture: gray, map: mapOfGray },
      { picture: gray },
    ]),
  'dead channel of an atlas': () => drawAtlasChannel(deadOfAtlas, []),
  'layer of an atlas': () =>
    drawAtlasLayer('made', [{ channel: channelOfAtlas, picture: gray }, { channel: deadOfAtlas }], 70),
  'architecture with branches': () => architectureFigure(branched),
  overview: () => overviewFigure(['conv2d_1', 'max_pooling2d_2', 'conv2d_3'].map(kerasActivation)),
  'overview of odd layers': () => overviewFigure([odd, ofValues([1, 4], [1, 2, 3, 4])]),
  'predictions beside a picture': () =>
    predictionsFigure(
      [
        { label: 'cat', score: 0.5096, index: 0, kind: 'sigmoid' },
        { label: 'dog', score: 0.4904, index: 1, kind: 'sigmoid' },
      ],
      { picture: gray },
    ),
  'predictions of many classes': () =>
    predictionsFigure(
      ['Egyptian cat', 'tabby', 'a name that is longer than its room, as some are', 'lynx', 'dog'].map(
        (label, index) => ({
          label,
          index,
          score: [0.61, 0.2, 0.1, 0.0004, 0][index]!,
          kind: 'softmax' as const,
        }),
      ),
    ),
  'predictions of raw scores with NaN': () =>
    predictionsFigure(
      [7.2, 3, -5, Number.NaN].map((score, index) => ({
        label: `class ${index}`,
        index,
        score,
        kind: 'raw' as const,
      })),
    ),
  'statistics of channels': () => channelStatsFigure(kerasActivation('conv2d_3')),
  'statistics of channels with NaN': () => channelStatsFigure(odd),
  'explorer of two layers with a picture': () =>
    exploreFigure(['conv2d_1', 'conv2d_3'].map(kerasActivation), { picture: gray, cmap: 'magma' }),
  'explorer of a Dense output': () => exploreFigure(ofValues([1, 4], [1, 2, 3, 4])),
  'explorer with NaN and infinity': () => exploreFigure(odd),
  'explorer of nothing finite': () => exploreFigure(ofValues([1, 1, 1, 1], [Number.NaN])),
  'matshow of nothing finite': () => matshowFigure(ofValues([1, 1, 1, 1], [Number.NaN])),
  'grid of nothing finite': () => gridFigure(ofValues([1, 1, 1, 1], [Number.NaN])),
  'grid with NaN and infinity': () => gridFigure(odd, { scale: 'minmax' }),
  'grid on one scale': () => gridFigure(kerasActivation('conv2d_2'), { scale: [0, 1], imagesPerRow: 10 }),
};
