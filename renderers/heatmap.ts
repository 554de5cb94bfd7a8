import type { FeatureMap } from '../src/maps/activation';
import { rasterOf } from '../src/maps/grid';
import type { MapField } from '../src/maps/map-field';
import { range, type Scale } from '../src/maps/scale';
import { type Stats, stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { type ColormapName, colormap } from './colormap';
import { crossOver } from './dead';
import { Figure } from './figure';
import { dataUrl, filling } from './picture';
import { pictureMarks } from './picture-panel';
import { colorsOf, rasterPng } from './png/raster';
import { overMarks, readout, valuesAt } from './pointer';
import { BAR, BAR_GAP, barOfView } from './scale-bar';
import { DEAD, NOT_FINITE, oddities, rangeWords, short, specOf, WIDE, widthFor } from './theme';

/** How a heatmap is drawn. */
export interface HeatmapOptions {
  /** Colour map. Default viridis, or RdBu_r with 0 in the middle for values on both sides of 0. */
  cmap?: ColormapName;
  scale?: Scale;
  vmin?: number;
  vmax?: number;
  /** What the columns and the rows are, where they are not those of a picture. */
  axes?: { x: string; y: string };
  /** The network's input, shown beside the map; with what each position sees of it, as `receptiveFields` tells. */
  input?: { picture: Pixels; field?: MapField };
}

/** What the first and the last number of the columns may stick out by, in CSS pixels. */
const OVERHANG = 8;

/** The longer side of a map, in CSS pixels: alone, and beside the picture; and the longest row of steps. */
const SIDE = { alone: 450, beside: 322, steps: 640 };

/** What the axis of the rows takes to the left of a map, in CSS pixels; with its title. */
export const ROWS = { alone: 28, titled: 45 };

/** Between the picture and the map beside it, and above the map where it stands below the picture, in CSS pixels. */
const GAP = { beside: 16, above: 62 };

/** A map's least height and width, in CSS pixels. */
const VISIBLE = 24;

/** Below this height a bar lies under the map. */
const LOW = 60;

/** One map with numbered rows and columns, its scale bar, and its values under the pointer. */
export function heatmapFigure(map: FeatureMap, title: string, options: HeatmapOptions): Figure {
  const summary = stats(map.data);
  const { cmap, ends } = colorsAndEnds(summary, options);
  const flat = !(summary.min < summary.max);
  const colors = flat ? DEAD.slice(1).repeat(256) : colormap(cmap);
  const values = valuesAt(map, summary, 'spot');
  const caption = [
    ...captionOf(map, summary, ends, options),
    ...(values.complete ? [] : ['too large for values under the pointer']),
  ];
  const side = options.input ? SIDE.beside : SIDE.alone;
  const cell = cellSize(map, side, options.axes);
  const size = { width: cell.width * map.width, height: cell.height * map.height };
  const raster = rasterOf(map, ends, summary);
  const low = size.height < LOW;
  const image = imageLayer(rasterPng(raster, colors, NOT_FINITE), map, size, options.axes);
  const { input } = options;
  const rows = map.height === 1 ? OVERHANG : options.axes ? ROWS.titled : ROWS.alone;
  const beside = flat || low ? 0 : BAR_GAP + BAR;
  const sides = { rows, beside };
  const bar = flat ? [] : barOfView(ends, size.height, cmap, low || 'isBelow');
  const picture = input && inputPanel(input.picture, size, map, rows);
  const field = input ? [{ name: 'field', value: input.field ?? null }] : [];
  const total = input ? WIDE : widthFor(rows + size.width + beside);
  const specWith = (params: readonly object[], zoom: object, text: string) =>
    specOf(title, caption, total, {
      left: picture?.left ?? rows,
      view: viewOf(size, map, sides, !options.axes && cell.width === cell.height),
      params,
      name: 'map',
      layer: [
        { ...zoom, ...image },
        ...(flat && summary.dead ? crossOver({ width: 'width', height: 'height' }) : []),
        readout(text, { width: { expr: 'width' }, height: { expr: 'height' } }),
        ...bar,
        ...(picture?.marks ?? []),
      ],
    });
  const spec = specWith([...values.params, ...field, spotOf(map)], ZOOM, values.text);
  // Vega compiles a picture faster without what the pointer does.
  const drawing = specWith([...field, { name: 'spot', value: null }], {}, "''");
  return new Figure(spec, [title, ...caption].join('; '), {
    drawing,
    exact: input ? 'all' : colorsOf(raster, colors),
  });
}

/**
 * Expressions for a map's size: where there is less room than it could take, it fills what is left of it. Cells that are
 * large enough stay whole pixels. Its bar lies below it (`isBelow`) where there is no room for both beside each other.
 *
 * @param isSquare whether its height follows its width
 */
export function viewOf(
  { width, height }: { width: number; height: number },
  map: { width: number },
  { rows, beside }: { rows: number; beside: number },
  isSquare = true,
) {
  const aside = beside ? `(isBelow ? ${OVERHANG} : ${beside})` : `${OVERHANG}`;
  return {
    isBelow: `isPhone && room < ${rows + width + beside}`,
    fit: `min(${width}, room - ${rows} - ${aside})`,
    width: `fit < ${width} && fit >= ${WHOLE * map.width} ? ${map.width} * floor(fit / ${map.width}) : fit`,
    height: isSquare ? `width * ${height / width}` : `${height}`,
  };
}

/** From so many CSS pixels on, a cell loses little room when it is rounded down. */
const WHOLE = 6;

/** The map's marks. */
const MARKS = 'map_layer_0_marks';

/**
 * Over the map Shift and the wheel zoom, and dragging moves what is larger than its view; a double click returns. A finger
 * scrolls the page, and never lifts for Vega once the page scrolls, so that it does not drag.
 */
const ZOOM = {
  params: [
    {
      name: 'zoom',
      select: {
        type: 'interval',
        zoom: `@${MARKS}:wheel![event.shiftKey]`,
        translate: `[@${MARKS}:pointerdown[event.pointerType !== 'touch'][item().width > group().width + 1], window:pointerup] > window:pointermove!`,
      },
      bind: 'scales',
    },
  ],
};

/** The place under the pointer by the scales, since a zoomed map is moved. */
const spotOf = ({ height, width }: FeatureMap) =>
  overMarks(
    'spot',
    'map_layer_0',
    `[(invert('map_y', y()) + 0.5) / ${height}, (invert('map_x', x()) + 0.5) / ${width}]`,
  );

/** The picture as large as its map, if that is not small; to the left of the map, or above it. */
function inputPanel(picture: Pixels, size: { width: number; height: number }, map: FeatureMap, rows: number) {
  const side = Math.min(SIDE.beside, Math.max(SIDE.beside * 0.6, size.width, size.height));
  const shown = filling(picture, side);
  const [height, width] = [`${map.height}`, `${map.width}`];
  const left = `(isStacked ? ${rows} : ${rows + GAP.beside + shown.width})`;
  const zoom = `min(1, room / ${shown.width})`;
  const y = `(isStacked ? -${GAP.above} - ${shown.height} * ${zoom} : 0)`;
  const seen = { spot: 'spot', field: 'field', height, width };
  return { left, marks: pictureMarks(picture, shown, seen, { x: `-${left}`, y, zoom }) };
}

/** The colour map and the ends of its scale; signed values have 0 in the middle unless the caller says otherwise. */
export function colorsAndEnds(
  summary: Stats,
  { cmap, scale, vmin, vmax }: HeatmapOptions,
): { cmap: ColormapName; ends: [number, number] } {
  const free = cmap === undefined && scale === undefined && vmin === undefined && vmax === undefined;
  const signed = free && summary.min < 0 && summary.max > 0;
  const [low, high] = range(scale ?? (signed ? 'symmetric' : 'minmax'), summary);
  const ends: [number, number] = [vmin ?? low, vmax ?? high];
  if (vmin !== undefined || vmax !== undefined) range(ends, summary);
  return { cmap: cmap ?? (signed ? 'RdBu_r' : 'viridis'), ends };
}

function captionOf(
  { height, width }: FeatureMap,
  summary: Stats,
  [low, high]: readonly [number, number],
  { axes }: HeatmapOptions,
): string[] {
  const { min, max, dead } = summary;
  const outside = min < low || max > high;
  return [
    axes ? `${height} ${axes.y}s × ${width} ${axes.x}s` : `${height} × ${width}`,
    !dead && min === max ? `every finite value is ${short(min)}` : rangeWords(summary),
    ...(outside && min < max ? [`colours end at ${short(low)} and ${short(high)}`] : []),
    ...oddities(summary),
  ];
}

/** CSS pixels per cell: whole, so that all cells are equally wide. Cells of a picture are squares. */
function cellSize(
  { height, width }: FeatureMap,
  longest: number,
  axes: HeatmapOptions['axes'],
): { height: number; width: number } {
  const whole = (room: number, cells: number) => Math.max(1, Math.floor(room / cells));
  // More steps than two pixels each would leave room for take the width of a page.
  const steps = whole(width > SIDE.alone / 2 ? SIDE.steps : longest, width);
  if (axes) return { height: Math.min(24, whole(longest, height)), width: steps };
  if (height === 1 && width > 1) return { height: 40, width: steps };
  const side = whole(longest, Math.max(height, width));
  // What is a line on the screen is stretched, so that it can be seen.
  const least = (cells: number) => Math.max(side, Math.ceil(VISIBLE / cells));
  return { height: least(height), width: least(width) };
}

/** Least distance of two numbers on an axis, in CSS pixels. */
const LEAST = { x: 34, y: 16 };

/** matplotlib's matshow axes: whole numbers at cell centres, columns on top; six to eight numbers at most. */
export function axesOf(
  { height, width }: FeatureMap,
  size: { width: number; height: number },
  names?: HeatmapOptions['axes'],
) {
  const axis = (cells: number, pixels: number, least: number, title?: string) => {
    const most = Math.max(1, Math.min(8, Math.floor(pixels / least)));
    return { title: title ?? null, format: 'd', values: numbersUpTo(cells, most) };
  };
  const scale = (cells: number) => ({ domain: [-0.5, cells - 0.5], nice: false, zero: false });
  return {
    x: {
      type: 'quantitative',
      scale: scale(width),
      axis: { ...axis(width, size.width, LEAST.x, names?.x), orient: 'top' },
    },
    y: {
      type: 'quantitative',
      // `reverse` instead of a descending domain, for which Vega's zoom turns the map.
      scale: { ...scale(height), reverse: true },
      axis:
        height === 1
          ? null
          : { ...axis(height, size.height, LEAST.y, names?.y), minExtent: ROWS.alone, maxExtent: ROWS.alone },
    },
  };
}

/** 0 and its multiples of a step of 1, 2 or 5 times a power of ten, `most` at most. */
function numbersUpTo(cells: number, most: number): number[] {
  let step = 1;
  for (let i = 0; Math.ceil(cells / step) > most; i++) step = [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3);
  return Array.from({ length: Math.ceil(cells / step) }, (_, i) => i * step);
}

/** A raster as one image under the axes of its map. */
export function imageLayer(
  png: Uint8Array,
  map: FeatureMap,
  size: { height: number; width: number },
  names?: HeatmapOptions['axes'],
) {
  const { x, y } = axesOf(map, size, names);
  return {
    data: { values: [{ left: -0.5, right: map.width - 0.5, top: -0.5, bottom: map.height - 0.5 }] },
    mark: { type: 'image', clip: true, aspect: false, smooth: false },
    encoding: {
      x: { field: 'left', ...x },
      x2: { field: 'right' },
      y: { field: 'top', ...y },
      y2: { field: 'bottom' },
      url: { value: dataUrl(png) },
    },
  };
}
