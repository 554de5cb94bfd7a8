import type { FeatureMap } from '../src/maps/activation';
import type { AtlasChannel } from '../src/maps/atlas-channel';
import { rasterOf } from '../src/maps/grid';
import { patchRegion } from '../src/maps/patch-region';
import { resizeMap } from '../src/maps/resize-map';
import { stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { colormap } from './colormap';
import { Figure } from './figure';
import { colorsAndEnds } from './heatmap';
import { type PatchTile, patchPart, patchTiles } from './patch-tiles';
import { dataUrl } from './picture';
import { BOX, pixels } from './pixels';
import { alphasOf, rasterPng } from './png/raster';
import { still } from './still';
import { ink, NOT_FINITE, oddities, percent, short, specOf, WIDE } from './theme';

/** A picture of a channel's list, and where it is known, the channel's map of it. */
export interface ChannelPicture {
  picture: Pixels;
  map?: FeatureMap;
}

/** CSS pixels: a tile, between tiles, of a label, and of what stands beside them. */
const TILE = 150;
const GAP = 12;
const LABEL = 22;
const BESIDE = 3 * (TILE + GAP) + 20;
const ASIDE = WIDE - BESIDE;
const BARS = 100;
const LINE = 20;

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
  const lines = aside(channel);
  const rows = Math.ceil(shown.length / 3);
  const top = channel.histogram.counts.length ? BARS + 44 : LINE / 2;
  const height = Math.max(rows * (TILE + LABEL + GAP) - GAP, top + lines.length * LINE);
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
    ...(overlays.length && {
      params: [{ name: 'map', value: 0, bind: { input: 'range', min: 0, max: 1, step: 0.05 } }],
    }),
    width: WIDE,
    height,
    layer: [
      ...patchTiles(tiles),
      ...(overlays.length
        ? [
            {
              data: { values: overlays.map(({ frame, ...one }) => one) },
              mark: {
                type: 'image',
                align: 'left',
                baseline: 'top',
                aspect: false,
                smooth: false,
                opacity: { expr: 'map' },
                width: { expr: 'datum.right - datum.left' },
                height: { expr: 'datum.bottom - datum.top' },
              },
              encoding: { x: BOX.x, y: BOX.y, url: { field: 'url', type: 'nominal' } },
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
  const [left, top] = [(at % 3) * (TILE + GAP), Math.floor(at / 3) * (TILE + LABEL + GAP)];
  const longer = Math.max(rows[1] - rows[0], columns[1] - columns[0]);
  const zoom = TILE / longer;
  const x = left + ((longer - (columns[1] - columns[0])) * zoom) / 2;
  const y = top + ((longer - (rows[1] - rows[0])) * zoom) / 2;
  const isPart =
    patch.rows[1] - patch.rows[0] < rows[1] - rows[0] ||
    patch.columns[1] - patch.columns[0] < columns[1] - columns[0];
  return {
    url,
    left: x,
    top: y,
    right: x + (columns[1] - columns[0]) * zoom,
    bottom: y + (rows[1] - rows[0]) * zoom,
    label: short(patch.value),
    note: patch.name.split('/').at(-1)!,
    ...(isPart && {
      frame: {
        left: x + (patch.columns[0] - columns[0]) * zoom,
        top: y + (patch.rows[0] - rows[0]) * zoom,
        right: x + (patch.columns[1] - columns[0]) * zoom,
        bottom: y + (patch.rows[1] - rows[0]) * zoom,
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
  const each = ASIDE / counts.length;
  const bars = counts.map((count, i) => ({
    left: BESIDE + i * each,
    right: BESIDE + (i + 1) * each - (each > 4 ? 1 : 0),
    top: count ? BARS - Math.max(1, (BARS * count) / most) : BARS,
    bottom: BARS,
    values: count,
    'from … to': `${short(from + i * width)} … ${short(from + (i + 1) * width)}`,
  }));
  const ends = [
    { x: BESIDE, text: short(from), align: 'left' },
    { x: WIDE, text: short(from + counts.length * width), align: 'right' },
  ];
  return [
    {
      data: { values: bars },
      mark: { type: 'rect', color: '#4c78a8' },
      encoding: {
        ...BOX,
        tooltip: ['from … to', 'values'].map((field) => ({ field, type: 'nominal' })),
      },
    },
    {
      data: { values: [{}] },
      mark: { type: 'rule', color: ink('track') },
      encoding: { x: { value: BESIDE }, x2: { value: WIDE }, y: { value: BARS } },
    },
    ...ends.map(({ align, ...end }) => ({
      data: { values: [end] },
      mark: { type: 'text', align, baseline: 'top', fontSize: 10, y: BARS + 5, color: ink('muted') },
      encoding: { x: pixels('x'), text: { field: 'text', type: 'nominal' } },
    })),
  ];
}

interface Line {
  name: string;
  value: string;
}

function aside({ mean, std, min, max, sparsity, together, auc }: AtlasChannel): Line[] {
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
  const text = (field: string, x: number, align: string, more: object, filter: string) => ({
    data: { values },
    transform: [{ filter }],
    mark: { type: 'text', x, align, baseline: 'middle', fontSize: 12, ...more },
    encoding: { y: pixels('y'), text: { field, type: 'nominal' } },
  });
  return [
    text('name', BESIDE, 'left', { color: ink('muted'), limit: ASIDE - 90 }, "datum.name !== ''"),
    text('value', WIDE, 'right', { color: ink('ink') }, "datum.name !== ''"),
    text(
      'value',
      BESIDE,
      'left',
      { color: ink('muted'), fontSize: 11, fontWeight: 'bold' },
      "datum.name === ''",
    ),
  ];
}
