import { DEAD } from './theme';

const CROSS = { type: 'rule', color: '#777', strokeWidth: 1 };

/** Two lines over a map of one value only: there is nothing to see in it. */
export function crossOver({ width, height }: { width: number; height: number }): object[] {
  const line = (y: number, y2: number) => ({
    data: { values: [{}] },
    mark: CROSS,
    // The line's ends stay in the map.
    encoding: { x: { value: 1 }, x2: { value: width - 1 }, y: { value: y }, y2: { value: y2 } },
  });
  return [line(1, height - 1), line(height - 1, 1)];
}

/** Sides that a datum has in CSS pixels, as properties of a mark. */
const SIDES = {
  x: { expr: 'datum.left' },
  x2: { expr: 'datum.right' },
  y: { expr: 'datum.top' },
  y2: { expr: 'datum.bottom' },
};

/**
 * Gray with a cross for each dead tile.
 *
 * @param data where they are
 * @param box their sides, as properties of a mark
 */
export function deadTiles(data: object, box = SIDES): object {
  return {
    ...data,
    layer: [
      { mark: { type: 'rect', color: DEAD, ...box }, encoding: {} },
      ruleOf(CROSS, box),
      ruleOf(CROSS, { ...box, y: box.y2, y2: box.y }),
    ],
  };
}

/** A line between two places. Vega-Lite draws none whose places are properties of the mark. */
export function ruleOf(mark: object, places: Record<string, unknown>): object {
  const encoding = Object.fromEntries(Object.entries(places).map(([channel, value]) => [channel, { value }]));
  return { mark: { type: 'rule', ...mark }, encoding };
}
