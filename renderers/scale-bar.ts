/** A label of the scale bar that is not a plain number. */
export interface BarLabel {
  at: number;
  text: string;
}

/** A number, or a Vega expression that returns one. */
export type End = number | { expr: string };

/**
 * The colours of a map and the numbers they stand for, to the right of a figure. The table of colours
 * is the top-level param `colors`.
 *
 * @param range the numbers of the first and the last colour
 * @param height in CSS pixels
 * @param labels replace the numbers
 */
export function scaleBar(
  [low, high]: readonly [End, End],
  height: number,
  labels?: BarLabel[],
  title = '',
): object {
  const position = {
    type: 'quantitative',
    title,
    scale: { domain: [low, high], nice: false, zero: false },
  } as const;
  const [from, to] = [low, high].map((end) => (typeof end === 'number' ? `${end}` : `(${end.expr})`));
  return {
    width: 14,
    height,
    data: { sequence: { start: 0, stop: 256, as: 'step' } },
    transform: [
      { calculate: `${from} + datum.step * (${to} - ${from}) / 256`, as: 'from' },
      // Each step extends to the end, under the later ones: between adjacent edges the background would show.
      { calculate: to, as: 'to' },
      { calculate: "'#' + slice(colors, 6 * datum.step, 6 * datum.step + 6)", as: 'color' },
    ],
    mark: { type: 'rect' },
    encoding: {
      y: {
        field: 'from',
        ...position,
        axis: {
          orient: 'right',
          // With a tick count of at least 4, Vega's steps of 1, 2 or 5 always give two numbers or more.
          tickCount: Math.max(4, Math.round(height / 50)),
          format: '.4~g',
          ...(labels && {
            values: labels.map(({ at }) => at),
            labelExpr: `${JSON.stringify(labels.map(({ text }) => text))}[indexof(${JSON.stringify(labels.map(({ at }) => at))}, datum.value)]`,
          }),
        },
      },
      y2: { field: 'to' },
      color: { field: 'color', type: 'nominal', scale: null },
    },
  };
}
