import { checkKinds } from '../checks/check-kinds';
import { type Activation, type FeatureMap, featureMap, layout, onePicture } from './activation';
import { colorSteps, range, type Scale, standardize } from './scale';
import { notFiniteCount, type Stats, stats } from './stats';

/** Colour map steps 0..255, row by row: `data[row * width + column]`. */
export interface Raster {
  /** Rows of pixels. */
  readonly height: number;
  /** Columns of pixels. */
  readonly width: number;
  /** One step a pixel. */
  readonly data: Uint8Array;
  /** Where not all values are finite, per pixel: 0 finite, 1 NaN, 2 +Infinity, 3 −Infinity. */
  readonly notFinite?: Uint8Array;
}

/** One channel's position in a grid; `row` and `column` count tiles. */
export interface Tile extends Stats {
  /** The channel, 0 … channels − 1. */
  readonly channel: number;
  /** From the top, 0 first. */
  readonly row: number;
  /** From the left, 0 first. */
  readonly column: number;
}

/** A grid of equally sized tiles, and the channel of each. */
export interface Grid extends Raster {
  /** Number of rows of tiles. */
  readonly rows: number;
  /** Number of tiles per row. */
  readonly columns: number;
  /** Pixels. */
  readonly tileHeight: number;
  /** Pixels. */
  readonly tileWidth: number;
  /** Row after row; the last row may be short. */
  readonly tiles: readonly Tile[];
}

/** Options of `displayGrid`, and of `grid`. */
export interface GridOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Tiles per row. Default 16. */
  imagesPerRow?: number;
  /**
   * How each channel's values become colours. Default 'standardize', as in the tutorial. 'shared' uses one scale for
   * all channels, from the smallest to the largest value of the layer, so that colours are comparable.
   */
  scale?: Scale | 'shared';
  /** Which channels, in which order. Default: all, by number. */
  channels?: readonly number[];
  /** What to sort the channels by, largest first. Default 'index': by number. */
  sort?: 'index' | 'mean' | 'max' | 'variance' | 'sparsity';
}

/** The options of `displayGrid`, and what each is. */
export const GRID_OPTIONS = {
  index: 'number',
  imagesPerRow: 'number',
  scale: 'scale',
  channels: 'list',
  sort: 'string',
} as const;

/** Pixels of a grid: 64 maps of 2048 × 2048. */
const MOST_PIXELS = 2 ** 28;

/** What `sort` compares; what is not a number comes last. */
const SORTS = {
  index: () => 0,
  mean: ({ mean }: Stats) => mean,
  max: ({ max }: Stats) => max,
  variance: ({ std }: Stats) => std * std,
  sparsity: ({ sparsity }: Stats) => sparsity,
};

/**
 * Every channel of a layer in a grid: the tutorial's `display_grid`, but including channels that do not fill a row,
 * and without changing the activation.
 *
 * Tiles of dead channels, and empty places after the last channel, are 0.
 *
 * @param activation an element of what `predict` returns; left as it is
 * @param options which channels, in which order and on which scale
 * @returns the array as `data`, of [height, width] = [rows × map height, imagesPerRow × map width], 0..255
 * @throws {TypeError} when it is not an activation
 * @throws {RangeError} for a channel, index or scale that does not exist, no channels, imagesPerRow below 1, or more than
 *   268 million pixels
 * @example
 * const { height, width, data } = displayGrid(activations[0]);
 * console.log(height, width, data.length); // 148 2368 350464
 */
export function displayGrid(activation: Activation, options: GridOptions = {}): Grid {
  layout(activation);
  checkKinds('lay out the grid', options, GRID_OPTIONS);
  const { imagesPerRow = 16, scale = 'standardize', sort = 'index' } = options;
  const { height: tileHeight, width: tileWidth, channels: count } = layout(activation);
  const sample = onePicture(activation, options.index);
  const channels = options.channels ?? Array.from({ length: count }, (_, channel) => channel);
  if (!Number.isInteger(imagesPerRow) || imagesPerRow < 1) {
    throw new RangeError(
      `Cannot lay out the grid: imagesPerRow is ${imagesPerRow}. Choose a whole number of at least 1.`,
    );
  }
  if (channels.length === 0) {
    throw new RangeError('Cannot lay out the grid: channels is empty. Choose at least one, or leave it out.');
  }
  if (!Object.hasOwn(SORTS, sort)) {
    throw new RangeError(`Cannot sort by '${sort}': choose ${Object.keys(SORTS).join(', ')}.`);
  }
  const rows = Math.ceil(channels.length / imagesPerRow);
  const [height, width] = [rows * tileHeight, imagesPerRow * tileWidth];
  if (height * width > MOST_PIXELS) {
    throw new RangeError(
      `Cannot lay out the grid: ${channels.length} tiles, ${imagesPerRow} in a row, have ${height} × ${width} pixels; at most ${MOST_PIXELS} are drawn. Choose fewer channels, or another imagesPerRow.`,
    );
  }
  const maps = channels.map((channel) => {
    const { data } = featureMap(activation, channel, sample);
    return { channel, data, stats: stats(data) };
  });
  const weight = ({ stats }: { stats: Stats }) => SORTS[sort](stats);
  const known = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);
  if (sort !== 'index') maps.sort((a, b) => known(weight(b)) - known(weight(a)));
  const shared = scale === 'shared' ? sharedRange(maps.map((map) => map.stats)) : scale;
  const data = new Uint8Array(height * width);
  let notFinite: Uint8Array | undefined;
  const tiles = maps.map((map, place): Tile => {
    const tile = {
      channel: map.channel,
      row: Math.floor(place / imagesPerRow),
      column: place % imagesPerRow,
      ...map.stats,
    };
    const corner = tile.row * tileHeight * width + tile.column * tileWidth;
    paste(channelSteps(map.data, shared, tile), tileWidth, data, corner, width);
    const marks = markNotFinite(map.data, tile);
    if (marks) {
      notFinite ??= new Uint8Array(height * width);
      paste(marks, tileWidth, notFinite, corner, width);
    }
    return tile;
  });
  return { height, width, data, notFinite, rows, columns: imagesPerRow, tileHeight, tileWidth, tiles };
}

/**
 * A grid at 1/n size. Each tile is shrunk by itself, so that no pixel mixes two channels: a pixel is the mean of a
 * block of n × n. A block with a value that is not finite keeps its mark. The last block of a tile's row or column may
 * be smaller.
 */
export function shrinkGrid(grid: Grid, n: number): Grid {
  if (n === 1) return grid;
  const tileHeight = Math.ceil(grid.tileHeight / n);
  const tileWidth = Math.ceil(grid.tileWidth / n);
  const [height, width] = [grid.rows * tileHeight, grid.columns * tileWidth];
  const data = new Uint8Array(height * width);
  const notFinite = grid.notFinite && new Uint8Array(height * width);
  for (let row = 0; row < height; row++) {
    const [top, bottom] = block(row, tileHeight, grid.tileHeight, n);
    for (let column = 0; column < width; column++) {
      const [left, right] = block(column, tileWidth, grid.tileWidth, n);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const mark = grid.notFinite?.[y * grid.width + x];
          if (mark && notFinite) notFinite[row * width + column] = mark;
          sum += grid.data[y * grid.width + x]!;
        }
      }
      data[row * width + column] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
  return { ...grid, height, width, tileHeight, tileWidth, data, notFinite };
}

/** The range of values behind one pixel of a shrunk tile: from, to (exclusive). */
function block(at: number, shrunk: number, size: number, n: number): [number, number] {
  const start = Math.floor(at / shrunk) * size;
  const from = start + (at % shrunk) * n;
  return [from, Math.min(from + n, start + size)];
}

/** From the smallest to the largest value of all channels; a constant layer gets a range of 1. */
export function sharedRange(all: readonly Stats[]): [low: number, high: number] {
  const finite = all.filter(({ min }) => Number.isFinite(min));
  if (finite.length === 0) return [0, 1];
  const low = Math.min(...finite.map(({ min }) => min));
  const high = Math.max(...finite.map(({ max }) => max));
  return low < high ? [low, high] : [low, low + 1];
}

function channelSteps(values: Float32Array, scale: Scale, stats: Stats): Uint8Array {
  return scale === 'standardize' ? standardize(values, stats) : colorSteps(values, ...range(scale, stats));
}

function paste(tile: Uint8Array, tileWidth: number, into: Uint8Array, corner: number, width: number): void {
  for (let row = 0; row * tileWidth < tile.length; row++) {
    into.set(tile.subarray(row * tileWidth, (row + 1) * tileWidth), corner + row * width);
  }
}

/** One map as colour map steps between two ends. @param summary the statistics of its values */
export function rasterOf(map: FeatureMap, [low, high]: readonly [number, number], summary: Stats): Raster {
  const { height, width, data } = map;
  return { height, width, data: colorSteps(data, low, high), notFinite: markNotFinite(data, summary) };
}

/** Marks of `Raster.notFinite`, or nothing where every value is finite. */
function markNotFinite(values: Float32Array, stats: Stats): Uint8Array | undefined {
  if (notFiniteCount(stats) === 0) return undefined;
  return Uint8Array.from(values, (value) => {
    if (Number.isFinite(value)) return 0;
    return value > 0 ? 2 : value < 0 ? 3 : 1;
  });
}
