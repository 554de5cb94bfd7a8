import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, featureMap, layout, onePicture } from '../src/maps/activation';
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
import { encodeValues, precisionFor, spreadOut, toldValue } from './cell-values';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { columnsFor, fitOf, spaced, zoomed } from './grid-layout';
import { enlargedTile, gridMarks, numbersLeft, stripsData, tileParams } from './grid-marks';
import { stripsOf, tilesInStrip } from './grid-strips';
import { overMarks, readout } from './pointer';
import { endWords, flatBar } from './scale-bar';
import { NARROW, percent, rangeWords, short, some, specOf, WIDE } from './theme';

/** Options of `grid`. */
export interface GridFigureOptions extends GridOptions {
  /**
   * 'tutorial' draws as the Python tutorial: no gutter, and each channel by its mean and standard deviation. Default
   * 'plain': a gutter, and each channel from its smallest to its largest value.
   */
  style?: 'plain' | 'tutorial';
  /** Shows this one channel for each picture of a batch, instead of all channels of one picture. */
  channel?: number;
  /** How each channel's values become colours. Default 'minmax'; 'standardize' in the tutorial's style. */
  scale?: GridOptions['scale'];
  /** Tiles per row; fewer where there is little room. Default up to 16; 32 or 64 where the grid would be too high. */
  imagesPerRow?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** Default: the layer's name. */
  title?: string;
  /** CSS pixels of paper between tiles. Default 1; 0 in the tutorial's style. */
  gutter?: number;
  /** Largest width in CSS pixels; a wider grid is shown at 1/2, 1/3 … size, and says so. Default 776. */
  width?: number;
}

/** The options of `gridFigure`, and what each is. */
const OPTIONS = {
  ...GRID_OPTIONS,
  style: 'string',
  channel: 'number',
  cmap: 'string',
  title: 'string',
  gutter: 'number',
  width: 'number',
} as const;

/**
 * Every channel of a layer in one picture, as the tutorial's grid: `displayGrid` in colours, each tile with its number.
 * Dead channels are gray with a cross. The pointer shows channel, row, column and value of the map; a click
 * enlarges a tile, a double click puts it away.
 *
 * @param activation an element of what `predict` returns
 * @param options which channels, in which order, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for a channel, scale, style or colour map that does not exist
 * @throws {TypeError} when it is not an activation
 * @example
 * show(gridFigure(activations[0], { scale: 'shared' }));
 */
export function gridFigure(activation: Activation, options: GridFigureOptions = {}): Figure {
  checkKinds('draw the grid', options, OPTIONS);
  const { channel } = options;
  if (channel !== undefined) return ofPictures(activation, channel, options);
  return gridOf(activation, 'channel', options);
}

/** A grid of maps. @param noun what each tile is */
function gridOf(activation: Activation, noun: 'channel' | 'picture', options: GridFigureOptions): Figure {
  const { height, width, channels } = layout(activation);
  const { cmap = 'viridis', style = 'plain', title = activation.layer, sort } = options;
  if (style !== 'plain' && style !== 'tutorial') {
    throw new RangeError(`Cannot lay out the grid: there is no style '${style}'. Choose plain or tutorial.`);
  }
  const plain = style === 'plain';
  const { scale = plain ? 'minmax' : 'standardize', gutter = plain ? 1 : 0, width: room = WIDE } = options;
  if (!Number.isInteger(gutter) || gutter < 0 || gutter > 100) {
    throw new RangeError(
      `Cannot lay out the grid: gutter is ${gutter}. Choose a whole number from 0 to 100.`,
    );
  }
  const count = options.channels?.length ?? channels;
  const { index, imagesPerRow = columnsFor(count, { height, width }, gutter, room) } = options;
  const grid = displayGrid(activation, { index, imagesPerRow, scale, channels: options.channels, sort });
  const colors = colormap(cmap);
  const laidOut = (space: number) => {
    const fit = fitOf(grid, gutter, space);
    const shown = spaced(zoomed(shrinkGrid(grid, fit.shrink), fit), gutter);
    return { fit, shown, left: numbersLeft(shown) };
  };
  const widest = laidOut(room);
  const { fit, shown, left } =
    widest.shown.width + widest.left > room && widest.left < room ? laidOut(room - widest.left) : widest;
  const dead = some(
    'dead',
    grid.tiles
      .filter(({ dead }) => dead)
      .map(({ channel, min }) => (min === 0 ? channel : `${channel} (${short(min)})`)),
    count,
  );
  const odd = some('not finite', notFinite(grid), count);
  const words = [
    `${count === channels ? '' : `${count} of `}${channels === 1 ? `1 ${noun}` : `${channels} ${noun}s`} of ${height} × ${width}`,
    SCALE_WORDS[typeof scale === 'string' ? scale : 'fixed'].replace('channel', noun),
    ...(sort && sort !== 'index' ? [`largest ${sort} first`] : []),
    ...(fit.shrink > 1 ? [`shown at 1/${fit.shrink} size`] : []),
  ];
  const length = tilesInStrip(shown.columns);
  const { datasets, head } = stripsData(stripsOf(shown, length, colors));
  // The paper ends where the tiles end.
  const total = Math.max(NARROW, left + shown.width);
  const line = { expr: `min(room, ${total}) - ${left}` };
  const sizes = [head, ...tileParams(shown, gutter, length, left)];
  const bar = barWords(scale === 'shared' ? sharedRange(grid.tiles) : scale, noun);
  const caption = [...words, ...[dead, odd].flatMap((part) => (part ? [part.short] : []))];
  const sample = onePicture(activation, index);
  const pointer = pointed(
    grid,
    grid.tiles.map(({ channel }) => featureMap(activation, channel, sample).data),
    { height: 1 - gutter / shown.tileHeight, width: 1 - gutter / shown.tileWidth },
    noun,
  );
  const panel = {
    name: 'grid',
    // Its marks have its size.
    width: 1,
    height: 1,
    layer: gridMarks(shown, gutter, length),
  };
  const spec = specOf(title, caption, total, {
    left,
    datasets,
    params: [...sizes, ...pointer.params],
    spacing: 14,
    vconcat: [
      panel,
      flatBar(bar, cmap, { width: 1, more: [readout(pointer.text, { width: line, height: 0 }, 5)] }),
      enlargedTile(shown, gutter, length),
    ],
  });
  const drawing = specOf(title, caption, total, {
    left,
    datasets,
    params: sizes,
    spacing: 14,
    vconcat: [panel, flatBar(bar, cmap, { width: 1 })],
  });
  const text = [title, ...words, ...[dead, odd].flatMap((part) => (part ? [part.all] : []))].join('; ');
  return new Figure(spec, text, { drawing });
}

/** One channel of each picture of a batch, as maps beside each other. */
function ofPictures(activation: Activation, channel: number, options: GridFigureOptions): Figure {
  const { batch, height, width } = layout(activation);
  const data = new Float32Array(batch * height * width);
  for (let picture = 0; picture < batch; picture++) {
    const map = featureMap(activation, channel, picture).data;
    for (let i = 0; i < map.length; i++) data[i * batch + picture] = map[i]!;
  }
  const { channel: _, index: __, ...rest } = options;
  const title = options.title ?? `${activation.layer} · channel ${channel}`;
  return gridOf({ layer: activation.layer, shape: [1, height, width, batch], data }, 'picture', {
    ...rest,
    title,
  });
}

const SCALE_WORDS = {
  standardize: 'each channel by its own mean and standard deviation σ',
  minmax: 'each channel from its smallest to its largest value',
  symmetric: 'each channel by its largest magnitude',
  fixed: 'all channels on one scale',
  shared: 'all channels on one scale',
};

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

/**
 * What the pointer finds: signals and params, and an expression for the line that tells it.
 *
 * @param filled the share of a tile that its map fills; the rest is its gutter, which shrinks with it
 */
function pointed(
  grid: Grid,
  maps: readonly Float32Array[],
  filled: { height: number; width: number },
  noun: string,
) {
  const { tiles, tileHeight, tileWidth } = grid;
  const precision = precisionFor(maps);
  const encoded = precision ? maps.map((map, i) => encodeValues(map, tiles[i]!, precision)) : [];
  const share = (axis: 'x' | 'y', side: string, part: number) =>
    `(${axis}(group()) % ${side}) / (${side} * ${part})`;
  const tiled = overMarks(
    'spot',
    'tiles',
    `[floor(y(group()) / tileHeight) * across + floor(x(group()) / tileWidth), ${share('y', 'tileHeight', filled.height)}, ${share('x', 'tileWidth', filled.width)}]`,
  );
  const enlarged = overMarks(
    'spot',
    'enlarged',
    '[chosen, y(group()) / item().height, x(group()) / item().width]',
  );
  const cell = (axis: 1 | 2, cells: number) => `clamp(floor(spot[${axis}] * ${cells}), 0, ${cells - 1})`;
  const [row, column] = [cell(1, tileHeight), cell(2, tileWidth)];
  const at = `tile < 0 ? 0 : ${row} * ${tileWidth} + ${column}`;
  const key = ['values[max(0, tile)].key[0]', 'values[max(0, tile)].key[1]'] as const;
  const value = precision && toldValue('', 'cells', at, key, precision);
  return {
    params: [
      { name: 'texts', value: tiles.map(({ channel }) => `${noun} ${channel}`) },
      {
        name: 'ranges',
        value: tiles.map((tile) =>
          tile.dead ? rangeWords(tile) : `${rangeWords(tile)}, ${percent(tile.sparsity)} zeros`,
        ),
      },
      ...(precision ? [{ name: 'values', value: encoded }] : []),
      { ...tiled, on: [...tiled.on, ...enlarged.on] },
      { name: 'tile', expr: `spot && spot[0] < ${tiles.length} ? spot[0] : -1` },
      ...(precision
        ? [{ name: 'cells', expr: `tile < 0 ? '' : ${spreadOut('values[tile].letters', precision)}` }]
        : []),
      ...(value ? value.params : []),
      {
        name: 'chosen',
        value: -1,
        on: [
          { events: '@tiles_marks:click', update: 'tile < 0 ? chosen : tile' },
          // A finger puts the tile away by a second tap.
          { events: '@tiles_marks:touchend', update: 'tile < 0 ? chosen : tile === chosen ? -1 : tile' },
          { events: '@tiles_marks:dblclick, @enlarged_marks:dblclick', update: '-1' },
        ],
      },
    ],
    text: `tile < 0 ? '' : texts[tile] + ' · ' + ${row} + ', ' + ${column}${value ? ` + ' → ' + ${value.text}` : ''}`,
  };
}

/** The words or numbers at the ends of the bar; where every channel has its own scale, words that hold for all. */
function barWords(scale: Scale, noun: string): [string, string] {
  if (typeof scale !== 'string') return endWords(scale);
  return {
    standardize: ['mean − 2σ', `mean + 2σ of each ${noun}`] as [string, string],
    minmax: ['min', `max of each ${noun}`] as [string, string],
    symmetric: ['−max|x|', `max|x| of each ${noun}`] as [string, string],
  }[scale];
}
