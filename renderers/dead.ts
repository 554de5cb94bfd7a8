import { BOX, pixels } from './pixels';
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

/** Gray with a cross for each dead tile. @param data where they are, with their sides in CSS pixels */
export function deadTiles(data: object): object {
  return {
    ...data,
    layer: [
      { mark: { type: 'rect', color: DEAD }, encoding: BOX },
      { mark: CROSS, encoding: BOX },
      { mark: CROSS, encoding: { ...BOX, y: pixels('bottom'), y2: { field: 'top' } } },
    ],
  };
}
