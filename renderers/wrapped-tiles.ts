/** Tiles in rows that are as long as there is room for. */
export interface Wrapped {
  /** Params that hold the tiles in a row, and the side of one in CSS pixels (`tilesAcross`, `tileSide`). */
  params: object[];
  /** Expressions for a place in a tile, whose datum has its number in `at`. @param share a field, 1 for the tile's side */
  x: (share: string) => { expr: string };
  y: (share: string) => { expr: string };
  /** The sides of a datum's box, `left`, `right`, `top` and `bottom` as shares of the tile's side; as properties of a mark. */
  box: Record<'x' | 'x2' | 'y' | 'y2', { expr: string }>;
  /** An expression for the height of so many tiles, in CSS pixels. */
  height: (count: number) => string;
}

/**
 * Lays tiles out in rows. Where there is less room, there are fewer of them in a row, or they are a little smaller.
 *
 * @param options.columns the most tiles in a row
 * @param options.side the width of a tile in CSS pixels, at most
 * @param options.tall its height as a share of its width
 * @param options.gap between tiles, in CSS pixels
 * @param options.label the height of its words in CSS pixels
 * @param options.isAbove whether they stand above it
 * @param options.room an expression for the room for all of them
 */
export function wrappedTiles({
  columns,
  side,
  tall = 1,
  gap,
  label,
  isAbove = false,
  room = 'room',
}: {
  columns: number;
  side: number;
  tall?: number;
  gap: number;
  label: number;
  isAbove?: boolean;
  room?: string;
}): Wrapped {
  const pitch = `(${tall} * tileSide + ${label + gap})`;
  const x = (share: string) => ({
    expr: `(datum.at % tilesAcross) * (tileSide + ${gap}) + datum.${share} * tileSide`,
  });
  const y = (share: string) => ({
    expr: `floor(datum.at / tilesAcross) * ${pitch} + ${isAbove ? label : 0} + datum.${share} * tileSide`,
  });
  return {
    params: [
      { name: 'tilesAcross', expr: `clamp(round((${room} + ${gap}) / ${side + gap}), 1, ${columns})` },
      { name: 'tileSide', expr: `min(${side}, (${room} - ${gap} * (tilesAcross - 1)) / tilesAcross)` },
    ],
    x,
    y,
    box: { x: x('left'), x2: x('right'), y: y('top'), y2: y('bottom') },
    height: (count) => `ceil(${count} / tilesAcross) * ${pitch} - ${gap}`,
  };
}

/** The images of a layer whose data have `url` and the box of each. @param more properties of the mark */
export function tileImages({ x, y }: Wrapped, more: object): object {
  const side = (from: string, to: string) => ({ expr: `(datum.${to} - datum.${from}) * tileSide` });
  return {
    mark: {
      type: 'image',
      align: 'left',
      baseline: 'top',
      aspect: false,
      x: x('left'),
      y: y('top'),
      width: side('left', 'right'),
      height: side('top', 'bottom'),
      ...more,
    },
    encoding: { url: { field: 'url', type: 'nominal' } },
  };
}
