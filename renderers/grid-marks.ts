import type { Grid } from '../src/maps/grid';
import { deadTiles } from './dead';
import { imageAtCorner } from './picture';
import { BOX, pixels } from './pixels';
import { target } from './pointer';
import { DEAD, ink } from './theme';

/** The longer side of an enlarged tile, in CSS pixels. */
const ENLARGED = 360;

/** CSS pixels that a tile's number needs. */
const NUMBER = { height: 20, width: 7, margin: 4 };

/** The tile at a place of a grid, without its gutter, in CSS pixels. */
const corners = ({ columns, tileHeight, tileWidth }: Grid, place: number, gutter: number) => {
  const [left, top] = [(place % columns) * tileWidth, Math.floor(place / columns) * tileHeight];
  return { left, top, right: left + tileWidth - gutter, bottom: top + tileHeight - gutter };
};

/** The grid's raster, which the spec holds once. */
const TILES = { name: 'tiles' };

/** The datasets of a spec with these marks. @param url of the raster */
export const tilesData = (url: string) => ({ [TILES.name]: [{ name: 'tiles', url }] });

/**
 * The layers of a grid: its raster, paper over the gutters and over places without a channel, crosses on dead tiles, and
 * the number of each tile; where tiles are too small for numbers, the first of each row.
 *
 * @param grid with its gutters, in CSS pixels
 */
export function gridMarks(grid: Grid, gutter: number): object[] {
  const { tiles, rows, columns, height, width, tileHeight, tileWidth } = grid;
  const size = { width, height };
  const paper = [
    ...(gutter ? gutters(grid, gutter) : []),
    ...Array.from({ length: rows * columns - tiles.length }, (_, i) => corners(grid, tiles.length + i, 0)),
  ];
  const dead = tiles.flatMap((tile, place) => (tile.dead ? [corners(grid, place, gutter)] : []));
  return [
    imageAtCorner(TILES, size),
    ...(dead.length ? [deadTiles({ data: { values: dead } })] : []),
    ...(paper.length
      ? [{ data: { values: paper }, mark: { type: 'rect', color: ink('paper') }, encoding: BOX }]
      : []),
    ...numbers(grid, gutter),
    target('tiles', { width: columns * tileWidth, height: rows * tileHeight }),
  ];
}

/** The strips of paper right of each column and below each row. */
function gutters({ rows, columns, height, width, tileHeight, tileWidth }: Grid, gutter: number) {
  return [
    ...Array.from({ length: columns }, (_, column) => {
      const right = (column + 1) * tileWidth;
      return { left: right - gutter, right, top: 0, bottom: height };
    }),
    ...Array.from({ length: rows }, (_, row) => {
      const bottom = (row + 1) * tileHeight;
      return { left: 0, right: width, top: bottom - gutter, bottom };
    }),
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
    const firsts = tiles.flatMap(({ channel }, place) => {
      const { top } = corners(grid, place, gutter);
      return place % columns === 0
        ? [{ text: String(channel), middle: top + (tileHeight - gutter) / 2 }]
        : [];
    });
    const every = Math.ceil(14 / tileHeight);
    return [
      {
        data: { values: firsts.filter((_, row) => row % every === 0) },
        mark: { type: 'text', x: -6, align: 'right', baseline: 'middle', fontSize: 9, color: ink('muted') },
        encoding: { y: pixels('middle'), text: { field: 'text', type: 'nominal' } },
      },
    ];
  }
  const values = tiles.map(({ channel, dead }, place) => {
    const { left, top } = corners(grid, place, gutter);
    return { text: String(channel), left: left + 3, top: top + 3, dead };
  });
  const text = { type: 'text', align: 'left', baseline: 'top', fontSize: 9 };
  const encoding = { x: pixels('left'), y: pixels('top'), text: { field: 'text', type: 'nominal' } };
  return [
    // A dark edge, so that a number can be read on every colour.
    {
      data: { values },
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
  const zoom = ENLARGED / Math.max(inner.height, inner.width);
  const dead = tiles.flatMap((tile, place) => (tile.dead ? [place] : []));
  return {
    width: Math.round(zoom * inner.width),
    // A step of one row that comes with the choice.
    height: { step: Math.max(24, Math.round(zoom * inner.height)) },
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
          x: { expr: `-(chosen % ${columns}) * ${zoom * tileWidth}` },
          y: { expr: `-floor(chosen / ${columns}) * ${zoom * tileHeight}` },
          width: zoom * width,
          height: zoom * height,
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
        encoding: {
          y: { field: 'name', type: 'nominal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } },
        },
      },
    ],
  };
}
