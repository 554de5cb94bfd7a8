import { checkKinds } from '../src/check-kinds';
import { type Activation, layout } from '../src/maps/activation';
import {
  displayGrid,
  GRID_OPTIONS,
  type Grid,
  type GridOptions,
  sharedRange,
  shrinkGrid,
} from '../src/maps/grid';
import type { Scale } from '../src/maps/scale';
import { notFiniteCount } from '../src/maps/stats';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { dataUrl } from './picture';
import { rasterPng } from './png/raster';
import { type BarLabel, scaleBar } from './scale-bar';
import type { Spec } from './spec';
import { counted, DEAD, DRAWING_WIDTH, NOT_FINITE, percent, SCHEMA, short, THEME } from './theme';

/** Options of `grid`. */
export interface GridFigureOptions extends GridOptions {
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** Default: the layer's name. */
  title?: string;
  /** White pixels between tiles, in pixels of the figure. Default 0, as in the tutorial. */
  gutter?: number;
  /** Largest width in CSS pixels; a wider grid is shown at 1/2, 1/3 … size, and says so. Default 680. */
  width?: number;
}

/** The options of `gridFigure`, and what each is. */
const OPTIONS = {
  ...GRID_OPTIONS,
  cmap: 'string',
  title: 'string',
  gutter: 'number',
  width: 'number',
} as const;

/**
 * Every channel of a layer in one picture, as the tutorial's grid: `displayGrid` in colours, with axes that
 * number the channels. A tile's channel is the number of its row plus the number of its column. Dead channels
 * are gray with a cross. The tooltip names a tile's channel and statistics.
 *
 * @param activation an element of what `predict` returns
 * @param options which channels, in which order, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for a channel, scale or colour map that does not exist
 * @throws {TypeError} when it is not an activation
 * @example
 * show(gridFigure(activations[0], { scale: 'shared' }));
 */
export function gridFigure(activation: Activation, options: GridFigureOptions = {}): Figure {
  checkKinds('draw the grid', options, OPTIONS);
  const { height, width, channels } = layout(activation);
  const { cmap = 'viridis', scale = 'standardize', title = activation.layer, gutter = 0, sort } = options;
  if (!Number.isInteger(gutter) || gutter < 0 || gutter > 100) {
    throw new RangeError(
      `Cannot lay out the grid: gutter is ${gutter}. Choose a whole number from 0 to 100.`,
    );
  }
  const count = options.channels?.length ?? channels;
  const { index, imagesPerRow = columnsFor(count) } = options;
  const grid = displayGrid(activation, { index, imagesPerRow, scale, channels: options.channels, sort });
  const colors = colormap(cmap);
  const { zoom, shrink } = fitOf(grid, gutter, options.width);
  const shown = spaced(shrinkGrid(grid, shrink), gutter);
  const caption = [
    `${grid.tiles.length === channels ? '' : `${grid.tiles.length} of `}${channels === 1 ? '1 channel' : `${channels} channels`} of ${height} × ${width}, ${grid.columns} a row`,
    SCALE_WORDS[typeof scale === 'string' ? scale : 'fixed'],
    ...(sort && sort !== 'index' ? [`largest ${sort} first`] : []),
    ...(shrink > 1 ? [`shown at 1/${shrink} size`] : []),
    ...counted(
      'dead',
      grid.tiles
        .filter(({ dead }) => dead)
        .map(({ channel, min }) => (min === 0 ? channel : `${channel} (${short(min)})`)),
    ),
    ...counted('not finite', notFinite(grid)),
  ];
  const spec: Spec = {
    $schema: SCHEMA,
    config: THEME,
    title: { text: title, subtitle: caption.join(' · ') },
    params: [{ name: 'colors', value: colors }],
    spacing: 16,
    hconcat: [
      {
        width: shown.width * zoom,
        height: shown.height * zoom,
        layer: [
          image(shown, rasterPng(shown, colors, [...NOT_FINITE, PAPER]), zoom, byNumber(grid)),
          ...marks(shown, gutter),
        ],
      },
      bar(scale === 'shared' ? sharedRange(grid.tiles) : scale, Math.max(80, shown.height * zoom)),
    ],
  };
  return new Figure(spec, [title, ...caption].join('; '));
}

const SCALE_WORDS = {
  standardize: 'each channel by its own mean and standard deviation σ',
  minmax: 'each channel from its smallest to its largest value',
  symmetric: 'each channel by its largest magnitude',
  fixed: 'all channels on one scale',
  shared: 'all channels on one scale',
};

const PAPER = '#ffffff';

/** 16 tiles per row as in the tutorial; for hundreds of channels about as many rows as columns. */
function columnsFor(channels: number): number {
  return channels <= 256 ? 16 : Math.ceil(Math.sqrt(0.8 * channels));
}

/** Whether all tiles are in the order of their numbers. */
function byNumber({ tiles, columns }: Grid): boolean {
  return tiles.every(({ channel, row, column }) => channel === row * columns + column);
}

/** CSS pixels per value, or values per pixel: whole numbers, so that all values get the same space. */
function fitOf(grid: Grid, gutter: number, room = DRAWING_WIDTH): { zoom: number; shrink: number } {
  const fit = Math.min(
    (room - gutter * grid.columns) / grid.width,
    (2 * room - gutter * grid.rows) / grid.height,
  );
  if (!(fit > 0)) {
    throw new RangeError(
      `Cannot lay out the grid: gutters of ${gutter} leave no space for tiles. Choose a smaller gutter.`,
    );
  }
  return fit >= 1
    ? { zoom: Math.min(8, Math.floor(fit)), shrink: 1 }
    : { zoom: 1, shrink: Math.ceil(1 / fit) };
}

/** A grid with gutters; each gutter belongs to the tile before it. */
function spaced(grid: Grid, gutter: number): Grid {
  if (gutter === 0) return grid;
  const [tileHeight, tileWidth] = [grid.tileHeight + gutter, grid.tileWidth + gutter];
  const [height, width] = [grid.rows * tileHeight, grid.columns * tileWidth];
  const data = new Uint8Array(height * width);
  const notFinite = new Uint8Array(height * width).fill(NOT_FINITE.length + 1);
  for (let y = 0; y < grid.height; y++) {
    const row = (y + Math.floor(y / grid.tileHeight) * gutter) * width;
    for (let x = 0; x < grid.width; x++) {
      const at = row + x + Math.floor(x / grid.tileWidth) * gutter;
      data[at] = grid.data[y * grid.width + x]!;
      notFinite[at] = grid.notFinite?.[y * grid.width + x] ?? 0;
    }
  }
  return { ...grid, height, width, tileHeight, tileWidth, data, notFinite };
}

function notFinite({ tiles }: Grid): string[] {
  return tiles
    .filter((tile) => notFiniteCount(tile) > 0)
    .map(({ channel, nan, positiveInfinity, negativeInfinity }) => {
      const parts = [
        ...(nan ? [`${nan} NaN`] : []),
        ...(positiveInfinity ? [`${positiveInfinity} +Infinity`] : []),
        ...(negativeInfinity ? [`${negativeInfinity} −Infinity`] : []),
      ];
      return `${channel} (${parts.join(', ')})`;
    });
}

/** The raster, with axes whose labels add up to a channel's number. */
function image(grid: Grid, png: Uint8Array, zoom: number, byNumber: boolean) {
  const { rows, columns, tileHeight, tileWidth, height, width, tiles } = grid;
  const centres = (count: number, size: number) => Array.from({ length: count }, (_, i) => (i + 0.5) * size);
  const firsts = Array.from({ length: rows }, (_, row) => tiles[row * columns]?.channel ?? '');
  const plain = { title: null, ticks: false };
  return {
    data: { values: [{ left: 0, top: 0 }] },
    mark: {
      type: 'image',
      width: width * zoom,
      height: height * zoom,
      align: 'left',
      baseline: 'top',
      aspect: false,
      smooth: false,
    },
    encoding: {
      x: {
        field: 'left',
        type: 'quantitative',
        scale: { domain: [0, width], nice: false },
        axis: {
          ...plain,
          orient: 'top',
          values: centres(columns, tileWidth),
          // Reordered channels have no number that the column could add to.
          ...(byNumber ? { labelExpr: `'+' + floor(datum.value / ${tileWidth})` } : { labels: false }),
        },
      },
      y: {
        field: 'top',
        type: 'quantitative',
        scale: { domain: [height, 0], nice: false },
        axis: {
          ...plain,
          title: byNumber ? 'channel' : 'first channel',
          values: centres(rows, tileHeight),
          labelExpr: `${JSON.stringify(firsts)}[floor(datum.value / ${tileHeight})]`,
        },
      },
      url: { value: dataUrl(png) },
    },
  };
}

/** The layers over the raster: crosses on dead tiles, white on empty places, tooltips. */
function marks({ tiles, rows, columns, tileHeight, tileWidth }: Grid, gutter: number) {
  const corners = [
    { calculate: `datum.column * ${tileWidth}`, as: 'left' },
    { calculate: `(datum.column + 1) * ${tileWidth} - ${gutter}`, as: 'right' },
    { calculate: `datum.row * ${tileHeight}`, as: 'top' },
    { calculate: `(datum.row + 1) * ${tileHeight} - ${gutter}`, as: 'bottom' },
  ];
  const encode = (y: string, y2: string) => ({
    x: { field: 'left', type: 'quantitative' },
    x2: { field: 'right' },
    y: { field: y, type: 'quantitative' },
    y2: { field: y2 },
  });
  const place = ({ row, column }: { row: number; column: number }) => ({ row, column });
  const dead = tiles.filter((tile) => tile.dead).map(place);
  const empty = Array.from({ length: rows * columns - tiles.length }, (_, i) => ({
    row: rows - 1,
    column: columns - 1 - i,
  }));
  const paper = { values: empty };
  const values = tiles.map(({ channel, row, column, min, mean, max, sparsity }) => ({
    channel,
    row,
    column,
    min: short(min),
    mean: short(mean),
    max: short(max),
    zeros: percent(sparsity),
  }));
  const cross = { type: 'rule', color: '#777', strokeWidth: 1 };
  return [
    ...(empty.length
      ? [
          {
            data: paper,
            transform: corners,
            mark: { type: 'rect', color: 'white' },
            encoding: encode('top', 'bottom'),
          },
        ]
      : []),
    ...(dead.length
      ? [
          {
            data: { values: dead },
            transform: corners,
            layer: [
              { mark: { type: 'rect', color: DEAD }, encoding: encode('top', 'bottom') },
              { mark: cross, encoding: encode('top', 'bottom') },
              { mark: cross, encoding: encode('bottom', 'top') },
            ],
          },
        ]
      : []),
    {
      data: { values },
      transform: corners,
      mark: { type: 'rect', opacity: 0 },
      encoding: {
        ...encode('top', 'bottom'),
        tooltip: ['channel', 'min', 'mean', 'max', 'zeros'].map((field) => ({
          field,
          type: 'nominal',
        })),
      },
    },
  ];
}

/** The scale bar; if every channel has its own scale, its labels are words that hold for all. */
function bar(scale: Scale, height: number) {
  const worded: Record<string, [number, number, BarLabel[]]> = {
    standardize: [
      -2,
      2,
      [
        { at: -2, text: 'mean − 2σ' },
        { at: 0, text: 'mean' },
        { at: 2, text: 'mean + 2σ' },
      ],
    ],
    minmax: [
      0,
      1,
      [
        { at: 0, text: 'min' },
        { at: 1, text: 'max' },
      ],
    ],
    symmetric: [
      -1,
      1,
      [
        { at: -1, text: '−max|x|' },
        { at: 0, text: '0' },
        { at: 1, text: 'max|x|' },
      ],
    ],
  };
  if (typeof scale !== 'string') return scaleBar([scale[0], scale[1]], height);
  const [low, high, labels] = worded[scale]!;
  return scaleBar([low, high], height, labels);
}
