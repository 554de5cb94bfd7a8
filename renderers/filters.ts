import { checkKinds } from '../src/checks/check-kinds';
import { valueName } from '../src/checks/value-name';
import type { Pixels } from '../src/pictures/pixels';
import { deadTiles } from './dead';
import { Figure } from './figure';
import { checkPicture, dataUrl } from './picture';
import { picturePng } from './png/raster';
import { overMarks, readout } from './pointer';
import { captionPart, ink, short, specOf, WIDE } from './theme';
import { tileImages, wrappedTiles } from './wrapped-tiles';

/** Options of `filters`. */
export interface FiltersOptions {
  /** Pictures per row. Default: about as many rows as columns. */
  columns?: number;
  /** Default: the layer's name. */
  title?: string;
}

/** What `filterPatterns` or `topPatches` returns: a picture that belongs to a channel. */
export interface FilterPicture extends Pixels {
  /** The layer's name. */
  readonly layer: string;
  /** The channel. */
  readonly channel: number;
  /** The mean of its map of this picture, or its value at one position. */
  readonly activation: number;
  /** Whether the channel never responds. */
  readonly dead?: boolean;
}

/** Side of an enlarged picture in CSS pixels, at most. */
const MOST = 160;

/** CSS pixels between pictures, and of a label above each. */
const GAP = 8;
const LABEL = 16;

/**
 * What filters respond to, as a grid of pictures with the number of each channel. Dead filters are gray with a cross.
 *
 * @param patterns what `filterPatterns` or `topPatches` returns
 * @param options pictures per row, and the title
 * @returns the figure
 * @throws {TypeError} when these are not such pictures
 * @throws {RangeError} when there are none, or `columns` is no number of pictures
 * @example
 * show(filtersFigure(await filterPatterns(model, { layer: 'conv2d_3', channels: [1, 2], size: 64, steps: 16 })));
 */
export function filtersFigure(patterns: readonly FilterPicture[], options: FiltersOptions = {}): Figure {
  return drawFilters(patterns, options);
}

/**
 * @param kernels the three values of each pixel, [height × width × 3] for each picture, which the pointer tells instead of a
 *   mean activation
 */
export function drawFilters(
  patterns: readonly FilterPicture[],
  options: FiltersOptions,
  kernels?: readonly Float32Array[],
): Figure {
  checkKinds('draw the filters', options, { columns: 'number', title: 'string' });
  check(patterns);
  const { columns = columnsFor(patterns.length) } = options;
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(`Cannot draw the filters: columns is ${columns}. Give a whole number from 1.`);
  }
  const across = Math.min(columns, patterns.length);
  const side = Math.max(...patterns.map(({ height, width }) => Math.max(height, width)));
  const fit = (WIDE - GAP * (across - 1)) / across / side;
  const zoom = fit >= 1 ? Math.max(1, Math.min(Math.floor(fit), Math.floor(MOST / side))) : fit;
  const tall = zoom * Math.max(...patterns.map(({ height }) => height));
  const wide = zoom * Math.max(...patterns.map(({ width }) => width));
  const layer = patterns[0]!.layer;
  const title = options.title ?? `what the filters of ${layer} respond to`;
  const dead = patterns.filter((pattern) => pattern.dead);
  const caption = [
    `${patterns.length} ${patterns.length === 1 ? 'picture' : 'pictures'} of ${patterns[0]!.height} × ${patterns[0]!.width}`,
    ...captionPart(
      'dead',
      dead.map(({ channel }) => channel),
    ),
  ];
  const values = patterns.map((pattern, at) => ({
    at,
    url: pattern.dead ? null : dataUrl(picturePng(pattern)),
    left: 0,
    top: 0,
    right: (pattern.width * zoom) / wide,
    bottom: (pattern.height * zoom) / wide,
    channel: pattern.channel,
    label: pattern.dead ? `${pattern.channel} dead` : String(pattern.channel),
    told: `channel ${pattern.channel} · ${pattern.dead ? 'dead' : `mean activation ${short(pattern.activation)}`}`,
    dead: pattern.dead === true,
  }));
  const tiles = wrappedTiles({
    columns: across,
    side: wide,
    tall: tall / wide,
    gap: GAP,
    label: LABEL,
    isAbove: true,
  });
  const spec = specOf(title, caption, WIDE, {
    params: [...tiles.params, ...(kernels ? pointed(patterns, kernels) : [])],
    // Its marks have its size.
    width: 1,
    height: 1,
    data: { values },
    layer: [
      { transform: [{ filter: '!datum.dead' }], ...tileImages(tiles, { smooth: zoom < 1 }) },
      deadTiles({ transform: [{ filter: 'datum.dead' }] }, tiles.box),
      {
        mark: {
          type: 'text',
          x: tiles.x('left'),
          y: tiles.y('top'),
          align: 'left',
          baseline: 'bottom',
          dy: -2,
          fontSize: 11,
          color: ink('ink'),
        },
        encoding: { text: { field: 'label' } },
      },
      {
        name: 'tiles',
        mark: { type: 'rect', opacity: 0, ...tiles.box },
        ...(kernels ? {} : { encoding: { tooltip: { field: 'told', type: 'nominal' } } }),
      },
      ...(kernels
        ? [
            readout(
              'told',
              { width: { expr: 'room' }, height: { expr: tiles.height(patterns.length) } },
              14,
              { texts: kernels.map(longestTold) },
            ),
          ]
        : []),
    ],
  });
  return new Figure(spec, [title, ...caption].join('; '), { exact: 'all' });
}

/** Row, column and values of the kernel under the pointer. */
function pointed(patterns: readonly FilterPicture[], kernels: readonly Float32Array[]): object[] {
  const { height, width } = patterns[0]!;
  const cell = (axis: 'x' | 'y', side: string, cells: number) =>
    `clamp(floor((${axis}(group()) - item().${axis}) / item().${side} * ${cells}), 0, ${cells - 1})`;
  return [
    overMarks('spot', 'tiles', `[datum.at, ${cell('y', 'height', height)}, ${cell('x', 'width', width)}]`),
    { name: 'values', value: kernels.map((values) => Array.from(values, short)) },
    { name: 'first', expr: `spot ? 3 * (spot[1] * ${width} + spot[2]) : 0` },
    {
      name: 'told',
      expr: "spot ? 'channel ' + spot[0] + ' · ' + spot[1] + ', ' + spot[2] + ' → ' + join(slice(values[spot[0]], first, first + 3), '  ') : ''",
    },
  ];
}

/** As long as a line that the pointer calls up can be. */
function longestTold(values: Float32Array): string {
  const widest = Array.from(values, short).reduce((a, b) => (b.length > a.length ? b : a));
  return `channel 2,048 · 99, 99 → ${Array(3).fill(widest).join('  ')}`;
}

/** Up to four large pictures per row; of many, about as many rows as columns. */
const columnsFor = (count: number) => Math.min(8, Math.max(4, Math.ceil(Math.sqrt(count))));

function check(patterns: readonly FilterPicture[]): void {
  if (Array.isArray(patterns) && patterns.length === 0) {
    throw new RangeError('Cannot draw the filters: there are none. Pass what filterPatterns returns.');
  }
  const wrong = Array.isArray(patterns)
    ? patterns.find((one) => typeof one?.channel !== 'number' || typeof one.layer !== 'string')
    : patterns;
  if (!Array.isArray(patterns) || wrong !== undefined) {
    throw new TypeError(
      `Cannot draw the filters: this is ${valueName(wrong)}. Pass what filterPatterns returns, after await.`,
    );
  }
  for (const pattern of patterns) checkPicture(pattern);
}
