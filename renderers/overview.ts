import { checkKinds } from '../src/check-kinds';
import { type Activation, activationList, featureMap, layout, onePicture } from '../src/maps/activation';
import { type ChannelStats, channelStats } from '../src/maps/channel-stats';
import { rasterOf, shrinkGrid } from '../src/maps/grid';
import { range } from '../src/maps/scale';
import { notFiniteCount } from '../src/maps/stats';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { dataUrl } from './picture';
import { rasterPng } from './png/raster';
import type { Spec } from './spec';
import { NOT_FINITE, percent, SCHEMA, short, THEME } from './theme';

/** Options of `overview`. */
export interface OverviewOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** Default 'overview'. */
  title?: string;
}

/** CSS pixels of a thumbnail and of a row. */
const THUMB = 44;
const ROW = THUMB + 10;
/** Thumbnails per layer: its first channels that are not dead. */
const THUMBS = 7;
/** Left edges of the columns, in CSS pixels. */
const COLUMNS = { layer: 0, shape: 175, range: 290, zeros: 400, dead: 460, maps: 600 };
/** Rows that a picture can hold (a canvas ends at 32,767 pixels). */
const MOST = 500;

/**
 * A whole network in one figure: one row per layer, with name, shape, range of values, share of zeros, number of
 * dead channels, and the first maps that are not dead. It shows at most 500 layers, and says so.
 *
 * @param activations what `predict` returns
 * @param options in which colours, under which title
 * @returns the figure
 * @throws {RangeError} for no activations, or an index or colour map that does not exist
 * @example
 * console.log(overviewFigure(activations).text);
 */
export function overviewFigure(activations: readonly Activation[], options: OverviewOptions = {}): Figure {
  checkKinds('draw an overview', options, { index: 'number', cmap: 'string', title: 'string' });
  const all = activationList('draw an overview', activations);
  if (all.length === 0) {
    throw new RangeError('Cannot draw an overview: there are no activations. Pass what predict returns.');
  }
  const { title = 'overview', cmap = 'viridis' } = options;
  const colors = colormap(cmap);
  const shown = all.slice(0, MOST);
  const rows = shown.map((activation, i) => row(activation, i, colors, options));
  const caption = [
    `${all.length} ${all.length === 1 ? 'layer' : 'layers'}`,
    `maps: the first ${THUMBS} live channels, each from its smallest to its largest value`,
    ...(shown.length < all.length ? [`only the first ${MOST} layers fit`] : []),
  ];
  const texts = (['layer', 'shape', 'range', 'zeros', 'dead'] as const).map((field) => ({
    data: { values: rows.map((row) => ({ text: row[field], middle: row.middle })) },
    mark: {
      type: 'text',
      align: 'left',
      baseline: 'middle',
      fontSize: 12,
      color: '#222',
      ...(field === 'layer' && { fontWeight: 'bold', limit: COLUMNS.shape - 8 }),
      x: COLUMNS[field],
    },
    encoding: { y: position('middle', rows.length), text: { field: 'text', type: 'nominal' } },
  }));
  const spec: Spec = {
    $schema: SCHEMA,
    config: { ...THEME, view: { stroke: null } },
    title: { text: title, subtitle: caption.join(' · ') },
    width: COLUMNS.maps + THUMBS * (THUMB + 2),
    height: (rows.length + 1) * ROW,
    layer: [
      {
        data: { values: Object.entries({ ...COLUMNS }).map(([text, x]) => ({ text, x, y: ROW * 0.6 })) },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 11, color: '#666' },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale: null, axis: null },
          y: { field: 'y', type: 'quantitative', scale: null, axis: null },
          text: { field: 'text', type: 'nominal' },
        },
      },
      ...texts,
      {
        data: { values: rows.flatMap(({ maps }) => maps) },
        mark: {
          type: 'image',
          aspect: false,
          smooth: false,
          align: 'left',
          baseline: 'middle',
          height: { expr: 'datum.height' },
          width: { expr: 'datum.width' },
        },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale: null, axis: null },
          y: position('middle', rows.length),
          url: { field: 'url', type: 'nominal' },
          tooltip: { field: 'what', type: 'nominal' },
        },
      },
    ],
  };
  const words = rows.map(
    ({ layer, shape, range, zeros, dead }) => `${layer} ${shape}: ${range}, zeros ${zeros}, dead ${dead}`,
  );
  return new Figure(spec, [title, ...caption, ...words].join('\n'));
}

function position(field: string, rows: number) {
  const height = (rows + 1) * ROW;
  return {
    field,
    type: 'quantitative',
    scale: { domain: [0, height], range: [0, height], nice: false },
    axis: null,
  };
}

function row(activation: Activation, at: number, colors: string, { index }: OverviewOptions) {
  const { height, width, channels } = layout(activation);
  const all = channelStats(activation, { index });
  const finite = all.filter(({ mean }) => Number.isFinite(mean));
  const dead = all.filter((channel) => channel.dead).map(({ channel }) => channel);
  const odd = all.filter((channel) => notFiniteCount(channel) > 0).length;
  const middle = (at + 1.5) * ROW;
  const live = all.filter((channel) => !channel.dead).slice(0, THUMBS);
  return {
    layer: activation.layer,
    shape: `${[height, width, channels].join(' × ')}`,
    range: finite.length
      ? `${short(Math.min(...finite.map(({ min }) => min)))} to ${short(Math.max(...finite.map(({ max }) => max)))}`
      : 'nothing finite',
    zeros: percent(all.reduce((sum, { sparsity }) => sum + sparsity, 0) / channels),
    dead: `${dead.length ? `${dead.length} of ${channels}` : 'none'}${odd ? `, ${odd} not finite` : ''}`,
    middle,
    maps: live.map((channel, i) => ({
      ...thumbnail(activation, onePicture(activation, index), channel, colors),
      x: COLUMNS.maps + i * (THUMB + 2),
      middle,
      what: `${activation.layer} · channel ${channel.channel}`,
    })),
  };
}

function thumbnail(activation: Activation, sample: number, channel: ChannelStats, colors: string) {
  const map = featureMap(activation, channel.channel, sample);
  const raster = rasterOf(map, range('minmax', channel), channel);
  const { height, width } = map;
  if (height === 1) return { url: dataUrl(rasterPng(raster, colors, NOT_FINITE)), height: 12, width: THUMB };
  const alone = { ...raster, rows: 1, columns: 1, tileHeight: height, tileWidth: width, tiles: [] };
  const small = shrinkGrid(alone, Math.ceil(Math.max(height, width) / THUMB));
  const zoom = Math.max(1, Math.floor(THUMB / Math.max(small.height, small.width)));
  return {
    url: dataUrl(rasterPng(small, colors, NOT_FINITE)),
    height: zoom * small.height,
    width: zoom * small.width,
  };
}
