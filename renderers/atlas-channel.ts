import type { FeatureMap } from '../src/maps/activation';
import type { AtlasChannel } from '../src/maps/atlas-channel';
import { rasterOf } from '../src/maps/grid';
import { patchRegion } from '../src/maps/patch-region';
import { resizeMap } from '../src/maps/resize-map';
import { stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { colormap } from './colormap';
import { ruleOf } from './dead';
import { Figure } from './figure';
import { colorsAndEnds } from './heatmap';
import { type PatchTile, patchPart, patchTiles } from './patch-tiles';
import { dataUrl } from './picture';
import { ONE } from './picture-panel';
import { alphasOf, rasterPng } from './png/raster';
import { still } from './still';
import { ink, NOT_FINITE, oddities, percent, short, specOf, WIDE } from './theme';
import { tileImages, wrappedTiles } from './wrapped-tiles';

/** A picture of a channel's list, and where it is known, the channel's map of it. */
export interface ChannelPicture {
  picture: Pixels;
  map?: FeatureMap;
}

/** CSS pixels: a tile, between tiles, and of a label; of bars, and of a line of text. */
const TILE = 150;
const GAP = 12;
const LABEL = 22;
const BARS = 100;
const LINE = 20;

/** The width of three tiles, and the left edge of what stands beside them, in CSS pixels. */
const TILES = 3 * (TILE + GAP) - GAP;
const BESIDE = TILES + 32;

/** What stands beside the tiles; below them where there is no room for it beside them. */
const aside = (tiles: string) => [
  { name: 'asideLeft', expr: `isStacked ? 0 : ${BESIDE}` },
  { name: 'asideRight', expr: `isStacked ? min(room, ${TILES}) : ${WIDE}` },
  { name: 'asideTop', expr: `isStacked ? ${tiles} + 24 : 0` },
];

/** Classes that the figure lists. */
const CLASSES = 5;

/**
 * One channel over a set of pictures: the patches it responds to most, how its values are distributed, its statistics, the
 * channels that respond together with it, and the classes that it tells apart.
 *
 * @param pictures those of `channel.patches`, in their order, at the size the model saw
 */
export function drawAtlasChannel(
  channel: AtlasChannel,
  pictures: readonly ChannelPicture[],
  title = `${channel.layer} · channel ${channel.channel}`,
): Figure {
  const shown = channel.patches.slice(0, 9);
  const tiles = shown.map((patch, i) => tile(patch, pictures[i]!, i));
  const overlays = shown.flatMap((patch, i) => {
    const url = overlay(patch, pictures[i]!);
    return url === undefined ? [] : [{ ...tiles[i]!, url }];
  });
  const lines = linesOf(channel);
  const top = channel.histogram.counts.length ? BARS + 44 : LINE / 2;
  const wrapped = wrappedTiles({
    columns: 3,
    side: TILE,
    gap: GAP,
    label: LABEL,
    room: `min(room, ${TILES})`,
  });
  const caption = [
    channel.dead
      ? `dead over all pictures: every value is ${short(channel.min)}`
      : `fires in ${percent(channel.fires)} of the pictures`,
    ...(shown.length
      ? [`the ${shown.length} pictures with its largest values, and what that position sees`]
      : ['no picture has a finite value']),
    ...oddities(channel),
  ];
  const spec = specOf(title, caption, WIDE, {
    params: [
      ...(overlays.length
        ? [{ name: 'map', value: 0, bind: { input: 'range', min: 0, max: 1, step: 0.05 } }]
        : []),
      ...wrapped.params,
      ...aside(shown.length ? wrapped.height(shown.length) : '-24'),
    ],
    // Its marks have its size.
    width: 1,
    height: 1,
    layer: [
      ...patchTiles(tiles, wrapped),
      ...(overlays.length
        ? [
            {
              data: { values: overlays.map(({ frame, ...one }) => one) },
              ...tileImages(wrapped, { smooth: false, opacity: { expr: 'map' } }),
            },
          ]
        : []),
      ...histogram(channel),
      ...texts(lines, top),
    ],
  });
  const words = lines.flatMap(({ name, value }) => (name ? [`${name}: ${value}`] : [value]));
  return new Figure(spec, [title, ...caption, ...words].join('; '), { drawing: still(spec), exact: 'all' });
}

type Patch = AtlasChannel['patches'][number];

function tile(patch: Patch, { picture }: ChannelPicture, at: number): PatchTile {
  const { rows, columns, url } = patchPart(patch, picture);
  const longer = Math.max(rows[1] - rows[0], columns[1] - columns[0]);
  // In the middle of its tile.
  const x = (longer - (columns[1] - columns[0])) / 2 / longer;
  const y = (longer - (rows[1] - rows[0])) / 2 / longer;
  const isPart =
    patch.rows[1] - patch.rows[0] < rows[1] - rows[0] ||
    patch.columns[1] - patch.columns[0] < columns[1] - columns[0];
  return {
    at,
    url,
    left: x,
    top: y,
    right: x + (columns[1] - columns[0]) / longer,
    bottom: y + (rows[1] - rows[0]) / longer,
    label: short(patch.value),
    note: patch.name.split('/').at(-1)!,
    ...(isPart && {
      frame: {
        left: x + (patch.columns[0] - columns[0]) / longer,
        top: y + (patch.rows[0] - rows[0]) / longer,
        right: x + (patch.columns[1] - columns[0]) / longer,
        bottom: y + (patch.rows[1] - rows[0]) / longer,
      },
    }),
  };
}

/** The channel's map over the same part of the picture; transparent at its low end. */
function overlay(patch: Patch, { picture, map }: ChannelPicture): string | undefined {
  if (!map) return undefined;
  const summary = stats(map.data);
  if (!(summary.min < summary.max)) return undefined;
  const { cmap, ends } = colorsAndEnds(summary, {});
  const over = resizeMap(map, [picture.height, picture.width]);
  const { rows, columns } = patchRegion(patch.rows, patch.columns, [picture.height, picture.width]);
  const [height, width] = [rows[1] - rows[0], columns[1] - columns[0]];
  const data = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    const start = (rows[0] + row) * over.width + columns[0];
    data.set(over.data.subarray(start, start + width), row * width);
  }
  const raster = rasterOf({ height, width, data }, ends, stats(data));
  return dataUrl(rasterPng(raster, colormap(cmap), NOT_FINITE, alphasOf(ends)));
}

function histogram({ histogram: { from, width, counts } }: AtlasChannel): object[] {
  if (!counts.length) return [];
  const most = Math.max(...counts);
  const across = (share: string) => ({ expr: `asideLeft + ${share} * (asideRight - asideLeft)` });
  const down = (pixels: string | number) => ({ expr: `asideTop + ${pixels}` });
  // Space between bars that are wide enough.
  const gap = counts.length < 65 ? 1 / (WIDE - BESIDE) : 0;
  const bars = counts.map((count, i) => ({
    left: i / counts.length,
    right: (i + 1) / counts.length - gap,
    top: count ? BARS - Math.max(1, (BARS * count) / most) : BARS,
    told: `${short(from + i * width)} to ${short(from + (i + 1) * width)} · ${countOf(count)}`,
  }));
  const end = (share: number, text: string, align: string) => ({
    data: ONE,
    mark: {
      type: 'text',
      text,
      align,
      baseline: 'top',
      fontSize: 10,
      x: across(`${share}`),
      y: down(BARS + 5),
      color: ink('muted'),
    },
  });
  return [
    {
      data: { values: bars },
      mark: {
        type: 'rect',
        color: '#4c78a8',
        x: across('datum.left'),
        x2: across('datum.right'),
        y: down('datum.top'),
        y2: down(BARS),
      },
      encoding: { tooltip: { field: 'told', type: 'nominal' } },
    },
    {
      data: ONE,
      ...ruleOf({ color: ink('track') }, { x: across('0'), x2: across('1'), y: down(BARS) }),
    },
    end(0, short(from), 'left'),
    end(1, short(from + counts.length * width), 'right'),
  ];
}

const countOf = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'value' : 'values'}`;

interface Line {
  name: string;
  value: string;
}

function linesOf({ mean, std, min, max, sparsity, together, auc }: AtlasChannel): Line[] {
  const classes = auc
    .filter((one) => !Number.isNaN(one.auc))
    .sort((a, b) => Math.abs(b.auc - 0.5) - Math.abs(a.auc - 0.5));
  const part = (head: string, lines: Line[]) => (lines.length ? [{ name: '', value: head }, ...lines] : []);
  return [
    { name: 'mean', value: short(mean) },
    { name: 'σ', value: short(std) },
    { name: 'smallest to largest', value: `${short(min)} to ${short(max)}` },
    { name: 'zeros, left out above', value: percent(sparsity) },
    ...part(
      'responds together with',
      together.map(({ channel, correlation }) => ({
        name: `channel ${channel}`,
        value: `r ${correlation.toFixed(2)}`,
      })),
    ),
    ...part(
      'tells classes apart (area under ROC)',
      classes.slice(0, CLASSES).map((one) => ({ name: one.name, value: one.auc.toFixed(2) })),
    ),
  ];
}

/** @param first the middle of the first line, in CSS pixels */
function texts(lines: readonly Line[], first: number): object[] {
  const values = lines.map((line, i) => ({ ...line, y: first + i * LINE + (line.name ? 0 : 4) }));
  const text = (field: string, x: string, align: string, more: object, filter: string) => ({
    data: { values },
    transform: [{ filter }],
    mark: {
      type: 'text',
      x: { expr: x },
      y: { expr: 'asideTop + datum.y' },
      align,
      baseline: 'middle',
      fontSize: 12,
      ...more,
    },
    encoding: { text: { field, type: 'nominal' } },
  });
  const limit = { expr: 'asideRight - asideLeft - 90' };
  const head = { color: ink('muted'), fontSize: 11, fontWeight: 'bold' };
  return [
    text('name', 'asideLeft', 'left', { color: ink('muted'), limit }, "datum.name !== ''"),
    text('value', 'asideRight', 'right', { color: ink('ink') }, "datum.name !== ''"),
    text('value', 'asideLeft', 'left', head, "datum.name === ''"),
  ];
}
