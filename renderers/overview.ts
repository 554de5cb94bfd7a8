import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, activationList, featureMap, layout, onePicture } from '../src/maps/activation';
import { type ChannelStats, channelStats } from '../src/maps/channel-stats';
import { rasterOf, shrinkGrid } from '../src/maps/grid';
import { range } from '../src/maps/scale';
import { notFiniteCount } from '../src/maps/stats';
import { type ColormapName, colormap } from './colormap';
import { ruleOf } from './dead';
import { Figure } from './figure';
import { ofTypes, onePart, type Part, partsOf } from './overview-parts';
import { dataUrl } from './picture';
import { rasterPng } from './png/raster';
import { ink, inRoom, NOT_FINITE, ODD, percent, rangeWords, short, specOf, WIDE } from './theme';

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

/** CSS pixels of a thumbnail. */
const THUMB = 32;
/** Thumbnails of a layer: its most active channels. */
const THUMBS = 6;

/**
 * The height of a row, in CSS pixels: in one line, in two lines beside the thumbnails, and on a phone, where the
 * thumbnails have a line of their own.
 */
const ROW = { wide: 40, stacked: 46, phone: 86 };

/** From the top of the figure to the first row, in CSS pixels: below the names of the columns, where they are. */
const HEAD = '(isStacked ? 0 : 30)';

/** What thumbnails take from the right edge, in CSS pixels. */
const MAPS = THUMBS * (THUMB + 1);

/** The right edge of the words, where thumbnails stand beside them. */
const WORDS = `(isPhone ? room : room - ${MAPS + 16})`;

/**
 * Where the parts of a row are in CSS pixels, as Vega expressions for a wide figure and a narrow one: the left edge of
 * words, the right edge of numbers; and from the middle of a row downwards.
 */
const PARTS = {
  layer: { x: '0', narrow: '0', y: '(isPhone ? -28 : -9)' },
  shape: { x: '276', narrow: WORDS, y: '(isPhone ? -28 : -9)' },
  range: { x: '392', narrow: '0', y: '(isPhone ? -10 : 9)' },
  zeros: { x: '466', narrow: `${WORDS} - 98`, y: '(isPhone ? -10 : 9)' },
  dead: { x: '564', narrow: WORDS, y: '(isPhone ? -10 : 9)' },
  maps: { x: '578', narrow: `(isPhone ? 0 : room - ${MAPS})`, y: '(isPhone ? 18 : 0)' },
};

/** Length of the small bars, and the distance of their left edges from the right edges of the numbers, in CSS pixels. */
const BARS = { length: 24, zeros: 68, dead: 94 };

const xOf = (part: keyof typeof PARTS) => `(isStacked ? ${PARTS[part].narrow} : ${PARTS[part].x})`;
const yOf = (part: keyof typeof PARTS) =>
  `${HEAD} + (datum.at + 0.5) * pitch + (isStacked ? ${PARTS[part].y} : 0)`;

/** Letters of a name and of a range in one line, and CSS pixels of a line. */
const LONGEST = 20;
const LONGEST_RANGE = 15;
const LINE = 14;
/** Letters of a number of dead channels that fit beside its bar, and the size of more of them, such as 139 of 1024. */
const FEW = 9;
const SMALLER = 'min(isStacked ? 11 : 12, (isStacked ? 108 : 120) / length(datum.text))';

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
  const spec = specOf(title, caption, WIDE, {
    params: [{ name: 'pitch', expr: `isPhone ? ${ROW.phone} : isStacked ? ${ROW.stacked} : ${ROW.wide}` }],
    // Its marks have its size.
    width: 1,
    height: 1,
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
          x: { expr: `${xOf('maps')} + datum.place * ${THUMB + 1}` },
          y: { expr: yOf('maps') },
        },
        encoding: {
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

/** The columns' names over a line, where each has its column. */
function heads(): object[] {
  const named = {
    layer: 'layer',
    shape: 'height × width × channels',
    range: 'range',
    zeros: 'zeros',
    dead: 'dead',
    maps: 'most active',
  };
  const head = (part: keyof typeof PARTS) => ({
    data: { values: [{}] },
    transform: [{ filter: '!isStacked' }],
    mark: {
      type: 'text',
      text: named[part],
      x: Number(PARTS[part].x) - (part === 'zeros' || part === 'dead' ? BARS[part] : 0),
      y: 12,
      align: part === 'shape' || part === 'range' ? 'right' : 'left',
      baseline: 'middle',
      fontSize: 10,
      color: ink('muted'),
    },
  });
  return [
    ...(Object.keys(PARTS) as (keyof typeof PARTS)[]).map(head),
    {
      data: { values: [{}] },
      transform: [{ filter: '!isStacked' }],
      ...ruleOf({ color: ink('track') }, { x: 1, x2: WIDE - 1, y: 25 }),
    },
  ];
}

type Row = ReturnType<typeof row>;

function words(field: 'layer' | 'shape' | 'range' | 'zeros' | 'dead', rows: readonly Row[]): object {
  const isLayer = field === 'layer';
  const small = field === 'zeros' || field === 'dead';
  const broken = isLayer ? (row: Row) => nameLines(row.layer) : field === 'range' ? rangeLines : undefined;
  const isBroken = broken && rows.some((row) => broken(row) !== row[field]);
  return {
    data: {
      values: rows.map((row) => ({
        text: row[field],
        at: row.at,
        lift:
          (isLayer && (row.type || row.odd) ? 5 : 0) + (broken && broken(row) !== row[field] ? LINE / 2 : 0),
        ...(isBroken && { lines: broken(row) }),
      })),
    },
    mark: {
      type: 'text',
      ...(isBroken && {
        text: {
          expr: `isStacked ? ${isLayer ? inRoom('datum.text', `${LONGEST * 8}`, 8) : 'datum.text'} : datum.lines`,
        },
        lineBreak: '\n',
      }),
      align: isLayer ? 'left' : field === 'range' ? { expr: "isStacked ? 'left' : 'right'" } : 'right',
      baseline: 'middle',
      fontSize:
        field === 'range' && isBroken
          ? { expr: `!isStacked ? 12 : length(datum.text) > ${LONGEST} ? 9 : 11` }
          : small || field === 'range'
            ? {
                expr:
                  field === 'dead' && rows.some(({ dead }) => dead.length > FEW)
                    ? SMALLER
                    : 'isStacked ? 11 : 12',
              }
            : 12,
      color: ink('ink'),
      ...(isLayer && { fontWeight: 'bold', limit: 160 }),
      x: { expr: xOf(field) },
      y: { expr: `${yOf(field)} - (isStacked ? 0 : datum.lift)` },
    },
    encoding: isBroken ? {} : { text: { field: 'text', type: 'nominal' } },
  };
}

/** A layer's name in two lines where it is too long for one; the middle of a still longer one is left out. */
function nameLines(name: string): string {
  if (name.length <= LONGEST) return name;
  const [first = '', rest] = new RegExp(`^(.{0,${LONGEST - 1}}[_/])(.*)$`).exec(name)?.slice(1) ?? [
    name.slice(0, LONGEST),
    name.slice(LONGEST),
  ];
  const after = rest!.length > LONGEST ? `…${rest!.slice(1 - LONGEST)}` : rest;
  return `${first}\n${after}`;
}

/** A range in two lines where it is too long for its column. */
const rangeLines = ({ range }: Row) =>
  range.length > LONGEST_RANGE ? range.replace(' to ', ' to\n') : range;

/** Under a layer's name its class, or how many of its channels are not finite; only the latter in a narrow figure. */
function under(rows: readonly Row[]): object {
  const shapes = 12 + Math.ceil(7.4 * Math.max(...rows.map(({ shape }) => shape.length)));
  return {
    data: {
      values: rows.map(({ type, odd, at, layer }) => ({
        text: odd || type,
        odd: odd !== '',
        at,
        ...(layer.length > LONGEST && { drop: 4 }),
      })),
    },
    transform: [{ filter: '!isStacked || datum.odd' }],
    mark: {
      type: 'text',
      x: { expr: `isStacked ? ${WORDS} - ${shapes} : 0` },
      y: { expr: `${yOf('layer')} + (isStacked ? 0 : 11 + (datum.drop || 0))` },
      align: { expr: "isStacked ? 'right' : 'left'" },
      baseline: 'middle',
      fontSize: 9,
    },
    encoding: {
      text: { field: 'text', type: 'nominal' },
      color: { condition: { test: 'datum.odd', value: ODD }, value: ink('muted') },
    },
  };
}

/** The shares of zeros and of dead channels as small bars. */
function bars(rows: readonly Row[]): object {
  const bar = { type: 'rect', cornerRadius: 2 };
  const layers = (['zeros', 'dead'] as const).flatMap((part) => {
    const from = `${xOf(part)} - (isStacked ? ${part === 'zeros' ? 60 : 88} : ${BARS[part]})`;
    const box = (share: string) => ({
      x: { expr: from },
      x2: { expr: `${from} + ${BARS.length} * ${share}` },
      y: { expr: `${yOf(part)} - 2` },
      y2: { expr: `${yOf(part)} + 2` },
    });
    return [
      { mark: { ...bar, color: ink('track'), ...box('1') }, encoding: {} },
      {
        mark: { ...bar, color: part === 'dead' ? '#bc4c00' : '#6e7781', ...box(`datum.${part}`) },
        encoding: {},
      },
    ];
  });
  return { data: { values: rows.map(({ at, shares }) => ({ at, ...shares })) }, layer: layers };
}

function row({ name, count, activation }: Part, at: number, colors: string, { index }: OverviewOptions) {
  const { height, width, channels } = layout(activation);
  const all = channelStats(activation, { index });
  const finite = all.filter(({ mean }) => Number.isFinite(mean));
  const dead = all.filter((channel) => channel.dead).length;
  const odd = all.filter((channel) => notFiniteCount(channel) > 0).length;
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
    at,
    maps: active.map((channel, place) => ({
      ...thumbnail(activation, onePicture(activation, index), channel, colors),
      place,
      at,
      what: `${activation.layer} · channel ${channel.channel} · ${rangeWords(channel)}`,
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
