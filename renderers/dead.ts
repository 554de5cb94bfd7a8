import { DEAD } from './theme';

const CROSS = { type: 'rule', color: '#777', strokeWidth: 1 };

/** Two lines over a map of one value only: there is nothing to see in it. @param size in CSS pixels, or expressions */
export function crossOver({ width, height }: { width: number | string; height: number | string }): object[] {
  // The lines' ends stay in the map.
  const [right, bottom] = [{ expr: `${width} - 1` }, { expr: `${height} - 1` }];
  const line = (y: unknown, y2: unknown) => ({
    data: { values: [{}] },
    ...ruleOf(CROSS, { x: 1, x2: right, y, y2 }),
  });
  return [line(1, bottom), line(bottom, 1)];
}

/**
 * Gray with a cross for each dead tile.
 *
 * @param data where they are
 * @param box their sides, as properties of a mark
 */
export function deadTiles(data: object, box: Record<'x' | 'x2' | 'y' | 'y2', object>): object {
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
