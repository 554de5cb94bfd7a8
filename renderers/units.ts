import { stats } from '../src/maps/stats';
import { Figure } from './figure';
import { pixels } from './pixels';
import { overMarks, readout, target } from './pointer';
import { ink, NARROW, oddities, rangeWords, short, specOf, WIDE, widthFor } from './theme';

/** Up to so many units have a bar with its number each; more of them are a profile whose values the pointer tells. */
const MOST_ROWS = 24;

/** CSS pixels. */
const ROW = 22;
const NAME = 160;
const NUMBER = 76;
const AXIS = 50;

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

/** A bar is blue from zero up, violet from zero down. */
const COLORS = { up: '#0969da', down: '#8250df' };
const barColor = { condition: { test: 'datum.value < 0', value: COLORS.down }, value: COLORS.up };

function rows(
  values: Float32Array,
  title: string,
  caption: readonly string[],
  [low, high]: readonly [number, number],
  labels: readonly string[] | undefined,
) {
  const start = labels ? NAME : 40;
  const track = NARROW - start - NUMBER;
  const at = (value: number) => start + (track * (value - low)) / (high - low);
  const data = Array.from(values, (value, unit) => ({
    unit,
    name: labels?.[unit] ?? String(unit),
    value,
    text: short(value),
    from: at(0),
    to: Number.isFinite(value) ? at(value) : null,
  }));
  const y = { field: 'unit', type: 'ordinal', axis: null, scale: { padding: 0 } };
  const words = (field: string, x: number, limit: number) => ({
    mark: { type: 'text', align: 'right', fontSize: 12, color: ink('ink'), limit },
    encoding: { x: { value: x }, y, text: { field, type: 'nominal' } },
  });
  return specOf(title, caption, NARROW, {
    width: NARROW,
    height: ROW * values.length,
    data: { values: data },
    layer: [
      words('name', start - 10, start - 16),
      {
        mark: { type: 'bar', height: 12, cornerRadius: 2, color: ink('track') },
        encoding: { x: { value: start }, x2: { value: start + track }, y },
      },
      {
        transform: [{ filter: 'isValid(datum.to)' }],
        mark: { type: 'bar', height: 12, cornerRadius: 2 },
        encoding: { x: pixels('from'), x2: { field: 'to' }, y, color: barColor },
      },
      words('text', NARROW - 4, NUMBER),
    ],
  });
}

function profile(
  values: Float32Array,
  title: string,
  caption: readonly string[],
  [low, high]: readonly [number, number],
  labels: readonly string[] | undefined,
) {
  const step = Math.max(1, Math.floor((NARROW - AXIS) / values.length));
  const width = Math.min(WIDE - AXIS, values.length * step);
  const size = { width, height: 180 };
  const data = Array.from(values, (value, unit) => ({ unit, value: Number.isFinite(value) ? value : null }));
  const names = labels ? `${JSON.stringify(labels)}[place]` : '';
  const x = (field: string, axis: object | null) => ({
    field,
    type: 'quantitative',
    scale: { domain: [-0.5, values.length - 0.5], nice: false, zero: false },
    axis,
  });
  return specOf(title, caption, widthFor(AXIS + width), {
    left: AXIS,
    params: [
      { name: 'texts', value: Array.from(values, short) },
      overMarks(
        'place',
        'target',
        `clamp(floor(x(group()) / ${width} * ${values.length}), 0, ${values.length - 1})`,
      ),
    ],
    ...size,
    layer: [
      {
        data: { values: data },
        transform: [
          { calculate: 'datum.unit - 0.42', as: 'left' },
          { calculate: 'datum.unit + 0.42', as: 'right' },
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
            axis: { title: null, tickCount: 5, format: '.3~g' },
          },
          y2: { datum: 0 },
          color: barColor,
        },
      },
      target('target', size),
      readout(
        `place === null ? '' : 'unit ' + place${names && ` + ' · ' + ${names}`} + ' → ' + texts[place]`,
        size,
        38,
      ),
    ],
  });
}
