import type { Grid } from '../src/maps/grid';
import { deadTiles } from './dead';
import type { Strips } from './grid-strips';
import { imageAtCorner } from './picture';
import { target } from './pointer';
import { DEAD, ink } from './theme';

/** The longer side of an enlarged tile, in CSS pixels. */
const ENLARGED = 360;

/** CSS pixels that a tile's number needs. */
const NUMBER = { height: 20, width: 7, margin: 4 };

/** The least width of a tile, in CSS pixels, before a row gets fewer of them; and the highest grid, as a share of its width. */
const LEAST = 26;
const TALLEST = 4;

/**
 * Params of a grid: how many tiles a row has, the width and the height of a tile with its gutter, in CSS pixels, and whether
 * it holds its number. Where there is less room than the grid is wide, rows are shorter, and all tiles smaller.
 *
 * @param length of a strip, whose tiles always stand beside each other
 * @param left what the numbers of the rows take
 */
export function tileParams(grid: Grid, gutter: number, length: number, left: number): object[] {
  const { columns, tiles, tileHeight, tileWidth } = grid;
  // Strips of few values keep their height.
  const isStrip = tileHeight - gutter < NUMBER.height / 2 || 4 * tileHeight < tileWidth;
  const wide = Math.min(tileWidth, LEAST);
  const fewest = Math.sqrt((tiles.length * tileHeight) / tileWidth / TALLEST);
  const choices = Array.from({ length: columns / length }, (_, i) => (i + 1) * length);
  const across = choices
    .filter((count) => count === columns || count >= fewest)
    .map((count, i) => (i === 0 ? `${count}` : `room - ${left} >= ${count * wide} ? ${count}`))
    .reduce((fewer, more) => `${more} : ${fewer}`);
  return [
    { name: 'across', expr: across },
    { name: 'down', expr: `ceil(${tiles.length} / across)` },
    {
      name: 'tileWidth',
      expr: `max(${gutter + 1}, min(${tileWidth}, floor((room - ${left}) / across)))`,
    },
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
    { name: 'gridWidth', expr: 'across * tileWidth' },
    { name: 'gridHeight', expr: 'down * tileHeight' },
  ];
}

/** The strips of the grid, which the spec holds once. */
const STRIPS = { name: 'strips' };

/** The datasets and the param of a spec with these marks. */
export const stripsData = ({ head, bodies }: Strips) => ({
  datasets: { [STRIPS.name]: bodies.map((body, at) => ({ at, body })) },
  head: { name: 'head', value: head },
});

/** Makes an image of each strip; what all of them start with is in the param `head`. */
const URL = { calculate: "'data:image/png;base64,' + head + datum.body", as: 'url' };

/** Sides of a tile whose datum has its place; without its gutter. */
const boxOf = (gutter: number) => ({
  x: { expr: '(datum.place % across) * tileWidth' },
  x2: { expr: `(datum.place % across + 1) * tileWidth - ${gutter}` },
  y: { expr: 'floor(datum.place / across) * tileHeight' },
  y2: { expr: `(floor(datum.place / across) + 1) * tileHeight - ${gutter}` },
});

/**
 * The layers of a grid: its strips, paper over the gutters and over places without a channel, crosses on dead tiles, and
 * the number of each tile; where tiles are too small for numbers, the first of each row. Sizes come from `tileParams`.
 *
 * @param grid with its gutters, in CSS pixels
 * @param length of a strip
 */
export function gridMarks(grid: Grid, gutter: number, length: number): object[] {
  const { tiles, columns } = grid;
  const strips = Math.ceil(tiles.length / length);
  const empty = Array.from({ length: strips * length - tiles.length }, (_, i) => ({
    place: tiles.length + i,
  }));
  const dead = tiles.flatMap((tile, place) => (tile.dead ? [{ place }] : []));
  const [width, height] = [{ expr: 'gridWidth' }, { expr: 'gridHeight' }];
  const paper = { type: 'rect', color: ink('paper') };
  const between = (stop: number, seen: string, places: object) => ({
    data: { sequence: { start: 0, stop } },
    transform: [{ filter: `datum.data < ${seen}` }],
    mark: { ...paper, ...places },
    encoding: {},
  });
  const images = imageAtCorner(STRIPS, {
    width: { expr: `${length} * tileWidth` },
    height: { expr: 'tileHeight' },
  });
  return [
    {
      ...images,
      transform: [URL],
      mark: {
        ...images.mark,
        x: { expr: `(datum.at * ${length}) % across * tileWidth` },
        y: { expr: `floor(datum.at * ${length} / across) * tileHeight` },
      },
    },
    ...(dead.length ? [deadTiles({ data: { values: dead } }, boxOf(gutter))] : []),
    ...(gutter
      ? [
          between(columns, 'across', {
            x: { expr: `(datum.data + 1) * tileWidth - ${gutter}` },
            x2: { expr: '(datum.data + 1) * tileWidth' },
            y: 0,
            y2: height,
          }),
          between(strips, 'down', {
            x: 0,
            x2: width,
            y: { expr: `(datum.data + 1) * tileHeight - ${gutter}` },
            y2: { expr: '(datum.data + 1) * tileHeight' },
          }),
        ]
      : []),
    ...(empty.length ? [{ data: { values: empty }, mark: { ...paper, ...boxOf(0) } }] : []),
    ...numbers(grid, gutter, length),
    target('tiles', { width, height }),
  ];
}

const digitsOf = ({ tiles }: Grid) => Math.max(...tiles.map(({ channel }) => String(channel).length));

/** Whether each tile has room for its number. */
const numbersFit = (grid: Grid) =>
  grid.tileHeight >= NUMBER.height && grid.tileWidth >= digitsOf(grid) * NUMBER.width + NUMBER.margin;

/** What the numbers of the rows take to the left of the grid, in CSS pixels; 0 where each tile holds its number. */
export const numbersLeft = (grid: Grid) => (numbersFit(grid) ? 0 : 6 + 6 * digitsOf(grid));

function numbers(grid: Grid, gutter: number, length: number): object[] {
  const { tiles } = grid;
  if (!numbersFit(grid)) {
    const firsts = tiles.flatMap(({ channel }, place) =>
      place % length === 0 ? [{ text: String(channel), place }] : [],
    );
    return [
      {
        data: { values: firsts },
        transform: [
          { filter: 'datum.place % across === 0 && (datum.place / across) % ceil(14 / tileHeight) === 0' },
        ],
        mark: {
          type: 'text',
          x: -6,
          y: { expr: `(datum.place / across + 0.5) * tileHeight - ${gutter / 2}` },
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
    place,
    text: String(channel),
    dead,
  }));
  const text = {
    type: 'text',
    x: { expr: '(datum.place % across) * tileWidth + 3' },
    y: { expr: 'floor(datum.place / across) * tileHeight + 3' },
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
export function enlargedTile(grid: Grid, gutter: number, length: number): object {
  const { tiles, tileHeight, tileWidth } = grid;
  const inner = { height: tileHeight - gutter, width: tileWidth - gutter };
  const most = ENLARGED / Math.max(inner.height, inner.width);
  const zoom = `min(${most}, room / ${inner.width})`;
  const dead = tiles.flatMap((tile, place) => (tile.dead ? [place] : []));
  const step = { field: 'at', type: 'nominal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } };
  return {
    // Steps of one row and one column that come with the choice.
    width: { step: { signal: `round(${zoom} * ${inner.width})` } },
    height: { step: { signal: `max(24, round(${zoom} * ${inner.height}))` } },
    data: STRIPS,
    transform: [{ filter: `chosen >= 0 && datum.at === floor(chosen / ${length})` }, URL],
    layer: [
      {
        mark: {
          type: 'image',
          clip: true,
          aspect: false,
          smooth: false,
          align: 'left',
          baseline: 'top',
          x: { expr: `-(chosen % ${length}) * ${zoom} * ${tileWidth}` },
          y: 0,
          width: { expr: `${zoom} * ${length * tileWidth}` },
          height: { expr: `${zoom} * ${tileHeight}` },
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
      { name: 'enlarged', mark: { type: 'rect', opacity: 0 }, encoding: { x: step, y: step } },
    ],
  };
}
