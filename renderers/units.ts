import { stats } from '../src/maps/stats';
import { barColor, barRows, widthOfRows } from './bar-rows';
import { Figure } from './figure';
import { numberAxis } from './number-axis';
import { overMarks, readout, target } from './pointer';
import { NARROW, oddities, rangeWords, short, specOf, WIDE, widthFor } from './theme';

/** Up to so many units have a bar with its number each; more of them are a profile whose values the pointer tells. */
const MOST_ROWS = 24;

/** CSS pixels of names, of numbers in their place, and of the axis of a profile. */
const NAMES = { labels: 160, numbers: 40 };
const AXIS = 50;
/** What the last number of the other axis may stick out by. */
const OVERHANG = 12;
/** The height of a profile. */
const HEIGHT = 180;

/** The output of a layer without rows, columns or steps: a bar for each unit, with its number. */
export function unitsFigure(
  values: Float32Array,
  title: string,
  { labels }: { labels?: readonly string[] },
): Figure {
  if (labels && labels.length !== values.length) {
    throw new RangeError(
      `Cannot name the units of ${title}: it has ${values.length} and there are ${labels.length} labels. Give one for each unit.`,
    );
  }
  const summary = stats(values);
  const caption = [
    `${values.length} ${values.length === 1 ? 'unit' : 'units'}`,
    summary.dead
      ? values.length === 1
        ? `its value is ${short(values[0]!)}`
        : `dead: every value is ${short(values[0]!)}`
      : rangeWords(summary),
    ...oddities(summary),
  ];
  const ends: [number, number] = [Math.min(0, summary.min || 0), Math.max(0, summary.max || 0)];
  if (ends[0] === ends[1]) ends[1] = 1;
  const text = [title, ...caption].join('; ');
  return values.length <= MOST_ROWS
    ? new Figure(rows(values, title, caption, ends, labels), text)
    : new Figure(profile(values, title, caption, ends, labels), text);
}

function rows(
  values: Float32Array,
  title: string,
  caption: readonly string[],
  [low, high]: readonly [number, number],
  labels: readonly string[] | undefined,
) {
  const names = labels ? NAMES.labels : NAMES.numbers;
  const at = (value: number) => (value - low) / (high - low);
  const data = Array.from(values, (value, unit) => ({
    name: labels?.[unit] ?? String(unit),
    words: short(value),
    from: at(0),
    to: Number.isFinite(value) ? at(value) : null,
    isNegative: value < 0,
    // A name may be longer than its room.
    ...(labels && { told: `unit ${unit} · ${labels[unit]} · ${short(value)}` }),
  }));
  const track = NARROW - widthOfRows(data, names, 0);
  const { params, view } = barRows(data, { names, track, size: 'small' });
  return specOf(title, caption, NARROW, { params, ...view });
}

function profile(
  values: Float32Array,
  title: string,
  caption: readonly string[],
  [low, high]: readonly [number, number],
  labels: readonly string[] | undefined,
) {
  const step = Math.max(1, Math.floor((NARROW - AXIS) / values.length));
  const width = Math.min(WIDE - AXIS - OVERHANG, values.length * step);
  const size = { width: { expr: 'width' }, height: HEIGHT };
  const data = Array.from(values, (value, unit) => ({
    unit,
    value: Number.isFinite(value) ? value : null,
    isNegative: value < 0,
  }));
  const x = (field: string, axis: object | null) => ({
    field,
    type: 'quantitative',
    scale: { domain: [-0.5, values.length - 0.5], nice: false, zero: false },
    axis,
  });
  const total = widthFor(AXIS + width + OVERHANG);
  return specOf(title, caption, total, {
    left: AXIS,
    params: [
      { name: 'texts', value: Array.from(values, short) },
      ...(labels ? [{ name: 'labels', value: labels }] : []),
      overMarks('place', 'target', `clamp(floor(x() / width * ${values.length}), 0, ${values.length - 1})`),
    ],
    view: { width: `min(${width}, room - ${AXIS + OVERHANG})`, height: `${HEIGHT}` },
    layer: [
      {
        data: { values: data },
        transform: [
          { calculate: 'datum.unit - 0.42', as: 'left' },
          // At least a pixel wide, so that many units are not pale.
          { calculate: `datum.left + max(0.84, ${values.length} / width)`, as: 'right' },
          { filter: 'isValid(datum.value)' },
        ],
        mark: { type: 'rect' },
        encoding: {
          x: x('left', { title: 'unit', format: 'd', tickCount: 7, tickMinStep: 1 }),
          x2: { field: 'right' },
          y: {
            field: 'value',
            type: 'quantitative',
            scale: { domain: [low, high], nice: false },
            axis: numberAxis([low, high]),
          },
          y2: { datum: 0 },
          color: barColor,
        },
      },
      target('target', size),
      readout(
        `place === null ? '' : 'unit ' + place${labels ? " + ' · ' + labels[place]" : ''} + ' → ' + texts[place]`,
        size,
        38,
        {
          texts: (labels ?? []).map((label, unit) => `unit ${unit} · ${label} → ${short(values[unit]!)}`),
          most: total,
        },
      ),
    ],
  });
}
