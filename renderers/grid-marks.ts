import type { Grid } from '../src/maps/grid';
import { deadTiles } from './dead';
import { imageAtCorner } from './picture';
import { target } from './pointer';
import { DEAD, ink } from './theme';

/** The longer side of an enlarged tile, in CSS pixels. */
const ENLARGED = 360;

/** CSS pixels that a tile's number needs. */
const NUMBER = { height: 20, width: 7, margin: 4 };

/**
 * Params of a grid: the width and the height of a tile with its gutter, in CSS pixels, and whether it holds its number.
 * Where there is less room than the grid is wide, all tiles are smaller.
 *
 * @param left what the numbers of the rows take
 */
export function tileParams(grid: Grid, gutter: number, left: number): object[] {
  const { columns, tileHeight, tileWidth, width } = grid;
  // Strips of few values keep their height.
  const isStrip = tileHeight - gutter < NUMBER.height / 2 || 4 * tileHeight < tileWidth;
  const scale = `min(1, (room - ${left}) / ${width})`;
  return [
    { name: 'tileWidth', expr: `max(${gutter + 1}, floor(${tileWidth} * ${scale}))` },
    {
      name: 'tileHeight',
      expr: isStrip ? `${tileHeight}` : `max(${gutter + 1}, round(${tileHeight} * tileWidth / ${tileWidth}))`,
    },
    {
      name: 'isNumbered',
      expr: numbersFit(grid)
        ? `tileHeight >= ${NUMBER.height} && tileWidth >= ${digitsOf(grid) * NUMBER.width + NUMBER.margin}`
        : 'false',
    },
    { name: 'gridWidth', expr: `${columns} * tileWidth` },
    { name: 'gridHeight', expr: `${grid.rows} * tileHeight` },
  ];
}

/** The grid's raster, which the spec holds once. */
const TILES = { name: 'tiles' };

/** The datasets of a spec with these marks. @param url of the raster */
export const tilesData = (url: string) => ({ [TILES.name]: [{ name: 'tiles', url }] });

/** Sides of a tile whose datum has its column and its row; without its gutter. */
const boxOf = (gutter: number) => ({
  x: { expr: 'datum.column * tileWidth' },
  x2: { expr: `(datum.column + 1) * tileWidth - ${gutter}` },
  y: { expr: 'datum.row * tileHeight' },
  y2: { expr: `(datum.row + 1) * tileHeight - ${gutter}` },
});

const placeIn = ({ columns }: Grid, place: number) => ({
  column: place % columns,
  row: Math.floor(place / columns),
});

/**
 * The layers of a grid: its raster, paper over the gutters and over places without a channel, crosses on dead tiles, and
 * the number of each tile; where tiles are too small for numbers, the first of each row. Sizes come from `tileParams`.
 *
 * @param grid with its gutters, in CSS pixels
 */
export function gridMarks(grid: Grid, gutter: number): object[] {
  const { tiles, rows, columns } = grid;
  const empty = Array.from({ length: rows * columns - tiles.length }, (_, i) =>
    placeIn(grid, tiles.length + i),
  );
  const dead = tiles.flatMap((tile, place) => (tile.dead ? [placeIn(grid, place)] : []));
  const [width, height] = [{ expr: 'gridWidth' }, { expr: 'gridHeight' }];
  const paper = { type: 'rect', color: ink('paper') };
  return [
    imageAtCorner(TILES, { width, height }),
    ...(dead.length ? [deadTiles({ data: { values: dead } }, boxOf(gutter))] : []),
    ...(gutter
      ? [
          {
            data: { values: Array.from({ length: columns }, (_, column) => ({ column })) },
            mark: {
              ...paper,
              x: { expr: `(datum.column + 1) * tileWidth - ${gutter}` },
              x2: { expr: '(datum.column + 1) * tileWidth' },
              y: 0,
              y2: height,
            },
          },
          {
            data: { values: Array.from({ length: rows }, (_, row) => ({ row })) },
            mark: {
              ...paper,
              x: 0,
              x2: width,
              y: { expr: `(datum.row + 1) * tileHeight - ${gutter}` },
              y2: { expr: '(datum.row + 1) * tileHeight' },
            },
          },
        ]
      : []),
    ...(empty.length ? [{ data: { values: empty }, mark: { ...paper, ...boxOf(0) } }] : []),
    ...numbers(grid, gutter),
    target('tiles', { width, height }),
  ];
}

const digitsOf = ({ tiles }: Grid) => Math.max(...tiles.map(({ channel }) => String(channel).length));

/** Whether each tile has room for its number. */
const numbersFit = (grid: Grid) =>
  grid.tileHeight >= NUMBER.height && grid.tileWidth >= digitsOf(grid) * NUMBER.width + NUMBER.margin;

/** What the numbers of the rows take to the left of the grid, in CSS pixels; 0 where each tile holds its number. */
export const numbersLeft = (grid: Grid) => (numbersFit(grid) ? 0 : 6 + 6 * digitsOf(grid));

function numbers(grid: Grid, gutter: number): object[] {
  const { tiles, columns, tileHeight } = grid;
  if (!numbersFit(grid)) {
    const firsts = tiles.flatMap(({ channel }, place) =>
      place % columns === 0 ? [{ text: String(channel), row: place / columns }] : [],
    );
    const every = Math.ceil(14 / tileHeight);
    return [
      {
        data: { values: firsts.filter((_, row) => row % every === 0) },
        transform: [{ filter: `datum.row % ceil(14 / tileHeight) === 0` }],
        mark: {
          type: 'text',
          x: -6,
          y: { expr: `(datum.row + 0.5) * tileHeight - ${gutter / 2}` },
          align: 'right',
          baseline: 'middle',
          fontSize: 9,
          color: ink('muted'),
        },
        encoding: { text: { field: 'text', type: 'nominal' } },
      },
    ];
  }
  const values = tiles.map(({ channel, dead }, place) => ({
    ...placeIn(grid, place),
    text: String(channel),
    dead,
  }));
  const text = {
    type: 'text',
    x: { expr: 'datum.column * tileWidth + 3' },
    y: { expr: 'datum.row * tileHeight + 3' },
    align: 'left',
    baseline: 'top',
    fontSize: 9,
  };
  const encoding = { text: { field: 'text', type: 'nominal' } };
  return [
    // A dark edge, so that a number can be read on every colour.
    {
      data: { values },
      transform: [{ filter: 'isNumbered' }],
      layer: [
        {
          transform: [{ filter: '!datum.dead' }],
          mark: { ...text, stroke: '#000', strokeWidth: 2, strokeOpacity: 0.55, strokeJoin: 'round' },
          encoding,
        },
        {
          mark: text,
          encoding: {
            ...encoding,
            color: { condition: { test: 'datum.dead', value: '#444' }, value: '#fff' },
          },
        },
      ],
    },
  ];
}

/** The tile that was clicked, enlarged below the grid; it takes no room until there is one (signal `chosen`). */
export function enlargedTile(grid: Grid, gutter: number): object {
  const { tiles, columns, height, width, tileHeight, tileWidth } = grid;
  const inner = { height: tileHeight - gutter, width: tileWidth - gutter };
  const most = ENLARGED / Math.max(inner.height, inner.width);
  const zoom = `min(${most}, room / ${inner.width})`;
  const dead = tiles.flatMap((tile, place) => (tile.dead ? [place] : []));
  const step = { field: 'name', type: 'nominal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } };
  return {
    // Steps of one row and one column that come with the choice.
    width: { step: { signal: `round(${zoom} * ${inner.width})` } },
    height: { step: { signal: `max(24, round(${zoom} * ${inner.height}))` } },
    data: TILES,
    transform: [{ filter: 'chosen >= 0' }],
    layer: [
      {
        name: 'enlarged',
        mark: {
          type: 'image',
          clip: true,
          aspect: false,
          smooth: false,
          align: 'left',
          baseline: 'top',
          x: { expr: `-(chosen % ${columns}) * ${zoom} * ${tileWidth}` },
          y: { expr: `-floor(chosen / ${columns}) * ${zoom} * ${tileHeight}` },
          width: { expr: `${zoom} * ${width}` },
          height: { expr: `${zoom} * ${height}` },
        },
        encoding: { url: { field: 'url', type: 'nominal' } },
      },
      {
        mark: {
          type: 'text',
          x: 0,
          y: -8,
          align: 'left',
          baseline: 'middle',
          fontSize: 11,
          color: ink('muted'),
        },
        encoding: {
          text: { value: { expr: "texts[chosen] + ' · ' + ranges[chosen] + ' · double-click to close'" } },
        },
      },
      {
        mark: {
          type: 'rect',
          color: DEAD,
          opacity: { expr: `indexof(${JSON.stringify(dead)}, chosen) < 0 ? 0 : 1` },
        },
        encoding: { x: step, y: step },
      },
    ],
  };
}
