import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, activationList, featureMap, layout, onePicture } from '../src/maps/activation';
import { type ChannelStats, channelStats } from '../src/maps/channel-stats';
import { rasterOf, shrinkGrid } from '../src/maps/grid';
import { range } from '../src/maps/scale';
import { notFiniteCount } from '../src/maps/stats';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { ofTypes, onePart, type Part, partsOf } from './overview-parts';
import { dataUrl } from './picture';
import { pixels } from './pixels';
import { rasterPng } from './png/raster';
import { ink, NOT_FINITE, percent, short, specOf, WIDE } from './theme';

/** Options of `overview`. */
export interface OverviewOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** Only layers of these Keras classes, such as ['Conv2D']. Default all. */
  types?: readonly string[];
  /** One row for each block, such as conv2_block1, with its last layer. Default for more than 60 layers. */
  blocks?: boolean;
  /** Default: the model's name, where the activations know it. */
  title?: string;
}

/** CSS pixels of a row and of a thumbnail. */
const ROW = 40;
const THUMB = 32;
/** Thumbnails of a layer: its most active channels. */
const THUMBS = 6;
/** Places of the columns in CSS pixels: the left edge of words, the right edge of numbers. */
const COLUMNS = { layer: 0, shape: 282, range: 398, zeros: 474, dead: 564, maps: 578 };
/** Left edges and length of the small bars, in CSS pixels. */
const BARS = { zeros: 412, dead: 484, length: 28 };
/** Above so many layers a block has one row. */
const MOST_LAYERS = 60;
/** Rows that a picture can hold (a canvas ends at 32,767 pixels, and PNGs have two pixels per CSS pixel). */
const MOST = 400;

/**
 * A whole network in one figure: one row per layer, with name, shape, range of values, share of zeros, number of
 * dead channels, and the maps of the most active channels.
 *
 * @param activations what `predict` returns
 * @param options in which colours, under which title
 * @returns the figure
 * @throws {RangeError} for no activations, or an index or colour map that does not exist
 * @example
 * console.log(overviewFigure(activations).text);
 */
export function overviewFigure(activations: readonly Activation[], options: OverviewOptions = {}): Figure {
  checkKinds('draw an overview', options, {
    index: 'number',
    cmap: 'string',
    types: 'list',
    blocks: 'boolean',
    title: 'string',
  });
  const given = activationList('draw an overview', activations);
  const all = options.types ? ofTypes(given, options.types) : given;
  if (all.length === 0) {
    throw new RangeError('Cannot draw an overview: there are no activations. Pass what predict returns.');
  }
  const [model] = all.every((one) => one.model === all[0]!.model) ? [all[0]!.model] : [];
  const { title = model ?? 'overview', cmap = 'viridis', blocks = all.length > MOST_LAYERS } = options;
  const colors = colormap(cmap);
  const parts = blocks ? partsOf(all) : all.map(onePart);
  const shown = parts.slice(0, MOST);
  const rows = shown.map((part, at) => row(part, at, colors, options));
  const caption = [
    `${all.length} ${all.length === 1 ? 'layer' : 'layers'}${parts.length < all.length ? `, each block with its last one: ${parts.length} rows` : ''}`,
    'maps: the most active channels, each from its smallest to its largest value',
    ...(shown.length < parts.length ? [`only the first ${MOST} rows fit`] : []),
  ];
  const height = (rows.length + 0.75) * ROW;
  const spec = specOf(title, caption, WIDE, {
    width: WIDE,
    height,
    layer: [
      ...heads(),
      ...(['layer', 'shape', 'range', 'zeros', 'dead'] as const).map((field) => words(field, rows)),
      bars(rows),
      under(rows),
      {
        data: { values: rows.flatMap(({ maps }) => maps) },
        mark: {
          type: 'image',
          aspect: false,
          smooth: false,
          align: 'left',
          baseline: 'middle',
          width: THUMB,
          height: { expr: 'datum.height' },
        },
        encoding: {
          x: pixels('x'),
          y: pixels('middle'),
          url: { field: 'url', type: 'nominal' },
          tooltip: { field: 'what', type: 'nominal' },
        },
      },
    ],
  });
  const lines = rows.map(
    ({ layer, shape, range, zeros, dead, odd }) =>
      `${layer} ${shape}: ${range}, zeros ${zeros}, dead ${dead}${odd && `, ${odd}`}`,
  );
  return new Figure(spec, [title, ...caption, ...lines].join('\n'));
}

/** The columns' names over a line. */
function heads(): object[] {
  const y = ROW * 0.3;
  const named = {
    layer: 'layer',
    shape: 'height × width × channels',
    range: 'range',
    zeros: 'zeros',
    dead: 'dead',
    maps: 'most active',
  };
  const head = (field: keyof typeof COLUMNS) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text: named[field],
      x: field === 'zeros' || field === 'dead' ? BARS[field] : COLUMNS[field],
      y,
      align: field === 'shape' || field === 'range' ? 'right' : 'left',
      baseline: 'middle',
      fontSize: 10,
      color: ink('muted'),
    },
  });
  return [
    ...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).map(head),
    {
      data: { values: [{}] },
      mark: { type: 'rule', x: 0, x2: WIDE, y: ROW * 0.62, color: ink('track') },
      encoding: {},
    },
  ];
}

type Row = ReturnType<typeof row>;

function words(field: 'layer' | 'shape' | 'range' | 'zeros' | 'dead', rows: readonly Row[]): object {
  const isLayer = field === 'layer';
  return {
    data: {
      values: rows.map((row) => ({
        text: row[field],
        middle: row.middle - (isLayer && (row.type || row.odd) ? 5 : 0),
      })),
    },
    mark: {
      type: 'text',
      align: isLayer ? 'left' : 'right',
      baseline: 'middle',
      fontSize: 12,
      color: ink('ink'),
      ...(isLayer && { fontWeight: 'bold', limit: 160 }),
      x: COLUMNS[field],
    },
    encoding: { y: pixels('middle'), text: { field: 'text', type: 'nominal' } },
  };
}

/** Under a layer's name its class, or how many of its channels are not finite. */
function under(rows: readonly Row[]): object {
  return {
    data: {
      values: rows.map(({ type, odd, middle }) => ({
        text: odd || type,
        odd: odd !== '',
        below: middle + 11,
      })),
    },
    mark: {
      type: 'text',
      x: COLUMNS.layer,
      align: 'left',
      baseline: 'middle',
      fontSize: 9,
    },
    encoding: {
      y: pixels('below'),
      text: { field: 'text', type: 'nominal' },
      color: { condition: { test: 'datum.odd', value: '#bc4c00' }, value: ink('muted') },
    },
  };
}

/** The shares of zeros and of dead channels as small bars. */
function bars(rows: readonly Row[]): object {
  const values = rows.flatMap(({ middle, shares }) =>
    (['zeros', 'dead'] as const).map((field) => ({
      from: BARS[field],
      full: BARS[field] + BARS.length,
      to: BARS[field] + BARS.length * shares[field],
      isDead: field === 'dead',
      middle,
    })),
  );
  const bar = { type: 'bar', height: 4, cornerRadius: 2, orient: 'horizontal' };
  const y = pixels('middle');
  return {
    data: { values },
    layer: [
      { mark: { ...bar, color: ink('track') }, encoding: { x: pixels('from'), x2: { field: 'full' }, y } },
      {
        mark: bar,
        encoding: {
          x: pixels('from'),
          x2: { field: 'to' },
          y,
          color: { condition: { test: 'datum.isDead', value: '#bc4c00' }, value: '#6e7781' },
        },
      },
    ],
  };
}

function row({ name, count, activation }: Part, at: number, colors: string, { index }: OverviewOptions) {
  const { height, width, channels } = layout(activation);
  const all = channelStats(activation, { index });
  const finite = all.filter(({ mean }) => Number.isFinite(mean));
  const dead = all.filter((channel) => channel.dead).length;
  const odd = all.filter((channel) => notFiniteCount(channel) > 0).length;
  const middle = (at + 1.25) * ROW;
  const zeros = all.reduce((sum, { sparsity }) => sum + sparsity, 0) / channels;
  const known = ({ mean }: ChannelStats) => (Number.isNaN(mean) ? Number.NEGATIVE_INFINITY : mean);
  const active = all
    .filter((channel) => !channel.dead)
    .sort((a, b) => known(b) - known(a))
    .slice(0, THUMBS);
  return {
    layer: count > 1 ? `${name} (${count})` : name,
    shape: [height, width, channels].join(' × '),
    range: finite.length
      ? `${three(Math.min(...finite.map(({ min }) => min)))} to ${three(Math.max(...finite.map(({ max }) => max)))}`
      : 'nothing finite',
    zeros: percent(zeros),
    dead: `${dead} of ${channels}`,
    type: activation.type ?? '',
    odd: odd ? `${odd} not finite` : '',
    shares: { zeros, dead: dead / channels },
    middle,
    maps: active.map((channel, i) => ({
      ...thumbnail(activation, onePicture(activation, index), channel, colors),
      x: COLUMNS.maps + i * (THUMB + 1),
      middle,
      what: `${activation.layer} · channel ${channel.channel}`,
    })),
  };
}

/** Three significant digits: two ranges beside each other do not need more. */
const three = (value: number) => short(Number(value.toPrecision(3)));

function thumbnail(activation: Activation, sample: number, channel: ChannelStats, colors: string) {
  const map = featureMap(activation, channel.channel, sample);
  const raster = rasterOf(map, range('minmax', channel), channel);
  const { height, width } = map;
  const alone = { ...raster, rows: 1, columns: 1, tileHeight: height, tileWidth: width, tiles: [] };
  // Twice the thumbnail's size, for high-density screens; of a strip, all values.
  const small =
    height === 1 ? alone : shrinkGrid(alone, Math.max(1, Math.round(Math.max(height, width) / (2 * THUMB))));
  return {
    url: dataUrl(rasterPng(small, colors, NOT_FINITE)),
    height: height === 1 ? 12 : THUMB,
  };
}
