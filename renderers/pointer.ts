import type { FeatureMap } from '../src/maps/activation';
import { encodeValues, precisionFor, spreadOut, toldValue } from './cell-values';
import { ink } from './theme';

/**
 * Vega signals that follow the pointer. Vega-Lite hands a param's `on` to Vega as it is, which its schema does not
 * mention; test/renderers/pointer.test.ts holds that for the versions that front ends use.
 */
interface Signal {
  name: string;
  value?: unknown;
  on: { events: string | object; update: string }[];
}

/**
 * A signal that is an expression of the place under the pointer while it is over the marks of a view, and null elsewhere.
 *
 * @param name of the signal
 * @param marks the name of the view whose marks count, as its spec gives it
 * @param update a Vega expression
 */
export function overMarks(name: string, marks: string, update: string): Signal {
  return {
    name,
    value: null,
    on: [
      // A finger does not move before it touches. (Listening to `touchstart` would keep the page from scrolling.)
      { events: ['pointermove', 'pointerdown'].map((type) => `@${marks}_marks:${type}`).join(', '), update },
      // What a finger has found stays when it lifts, which browsers tell as leaving.
      { events: `@${marks}_marks:pointerout[event.pointerType !== 'touch']`, update: 'null' },
    ],
  };
}

/** A line of text below a map, for what the pointer finds; it keeps its place while it is empty. */
export function readout(
  text: string,
  { width, height }: { width: number | { expr: string }; height: number | { expr: string } },
  below = 14,
): object {
  return {
    data: { values: [{}] },
    mark: {
      type: 'text',
      // A space that cannot break has a height, so that nothing moves when the text appears.
      text: { expr: `(${text}) || '\u00a0'` },
      x: width,
      y: typeof height === 'number' ? height + below : { expr: `${height.expr} + ${below}` },
      align: 'right',
      baseline: 'middle',
      fontSize: 11,
      fontWeight: 'bold',
      color: ink('ink'),
    },
  };
}

/** A rectangle that is not seen, and has the pointer. @param name by which `overMarks` knows it */
export function target(
  name: string,
  { width, height }: { width: number | { expr: string }; height: number | { expr: string } },
): object {
  return {
    name,
    data: { values: [{}] },
    mark: { type: 'rect', opacity: 0, x: 0, y: 0, x2: width, y2: height },
  };
}

/**
 * A map's values for the pointer: params that hold them, and an expression for the line that tells one, such as
 * "13, 15 → 0.4389". Maps with too many values for a spec tell row and column only.
 *
 * @param spot the signal with the pointer's place as shares of the height and the width, [0..1, 0..1], or null
 * @param name distinguishes the params of several maps
 */
export function valuesAt(
  map: FeatureMap,
  summary: { min: number; max: number },
  spot: string,
  name = '',
): { params: object[]; text: string; complete: boolean } {
  const precision = precisionFor([map.data]);
  const cell = (axis: 0 | 1, cells: number) => `clamp(floor(${spot}[${axis}] * ${cells}), 0, ${cells - 1})`;
  const index = `cell${name}`;
  const params = [
    { name: index, expr: `${spot} ? ${cell(0, map.height)} * ${map.width} + ${cell(1, map.width)} : 0` },
  ];
  const place = `floor(${index} / ${map.width}) + ', ' + ${index} % ${map.width}`;
  if (!precision) return { params, text: `${spot} ? ${place} : ''`, complete: false };
  const { letters, key } = encodeValues(map.data, summary, precision);
  const value = toldValue(name, `cells${name}`, index, [`(${key[0]})`, `(${key[1]})`], precision);
  return {
    params: [
      ...params,
      { name: `letters${name}`, value: letters },
      { name: `cells${name}`, expr: spreadOut(`letters${name}`, precision) },
      ...value.params,
    ],
    text: `${spot} ? ${place} + ' → ' + ${value.text} : ''`,
    complete: true,
  };
}

/** An expression for the pointer's place in the marks under it, as shares of their height and width. */
export const spotIn = ({ width, height }: { width: number | string; height: number | string }) =>
  `[y(group()) / ${height}, x(group()) / ${width}]`;
