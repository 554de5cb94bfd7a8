import { checkKinds } from '../src/checks/check-kinds';
import type { Activation } from '../src/maps/activation';
import { type ChannelStats, channelStats } from '../src/maps/channel-stats';
import { notFiniteCount } from '../src/maps/stats';
import { Figure } from './figure';
import { numberAxis } from './number-axis';
import { overMarks, readout, target } from './pointer';
import { percent, short, some, specOf, WIDE, widthFor } from './theme';

/** Options of `channelStatsFigure`. */
export interface ChannelStatsFigureOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** The order of the channels: by number, or by mean, largest first. Default by number up to 64 channels, else by mean. */
  sort?: 'index' | 'mean';
  /** Default: the layer's name. */
  title?: string;
}

/** Above so many channels the default order is by mean: then the shape of the whole says more than each. */
const BY_NUMBER = 64;

/** CSS pixels: the widest channel, the room for the axis, the heights of both parts. */
const WIDEST = 24;
const AXIS = 56;
const VALUES = 180;
const ZEROS = 56;

const COLORS = { range: '#9db8d9', box: '#4c78a8', mean: '#f58518', zeros: '#9aa4af', dead: '#d1242f' };

/**
 * The statistics of a layer's channels side by side: the range of values, mean ± one standard deviation with the mean
 * marked, and the share of zeros below. Dead channels are marked and listed. The whole column of a channel has the
 * pointer, which tells its numbers.
 *
 * @param activation an element of what `predict` returns
 * @param options which picture, in which order, which title
 * @returns the figure
 * @throws {RangeError} when there is no such picture, or several and none was chosen, or no such order
 * @throws {TypeError} when it is not an activation
 * @example
 * show(channelStatsFigure(activations[0]));
 */
export function channelStatsFigure(activation: Activation, options: ChannelStatsFigureOptions = {}): Figure {
  checkKinds("draw the channels' statistics", options, { index: 'number', sort: 'string', title: 'string' });
  const all = channelStats(activation, { index: options.index });
  const { title = `${activation.layer} · channels` } = options;
  const { sort = all.length > BY_NUMBER ? 'mean' : 'index' } = options;
  if (sort !== 'index' && sort !== 'mean') {
    throw new RangeError(`Cannot sort by '${sort}': choose index or mean.`);
  }
  const known = (mean: number) => (Number.isNaN(mean) ? Number.NEGATIVE_INFINITY : mean);
  const shown = sort === 'mean' ? [...all].sort((a, b) => known(b.mean) - known(a.mean)) : all;
  const numbers = (chosen: (channel: ChannelStats) => boolean) =>
    all.filter(chosen).map(({ channel }) => channel);
  const dead = some(
    'dead',
    numbers((channel) => channel.dead),
    all.length,
  );
  const odd = some(
    'not finite',
    numbers((channel) => notFiniteCount(channel) > 0),
    all.length,
  );
  const words = [
    `${all.length} ${all.length === 1 ? 'channel' : 'channels'}${sort === 'mean' ? ', largest mean first' : ''}`,
    'light: smallest to largest value, dark: mean ± σ, orange: mean',
  ];
  const width = Math.min(WIDE - AXIS - 2, WIDEST * all.length);
  const x = {
    x: position('left', all.length, null),
    x2: { field: 'right' },
  };
  const half = width / all.length > 4 ? 0.36 : 0.5;
  const values = shown.map((channel, place) => row(channel, place, half));
  const finite = all.filter(({ mean }) => Number.isFinite(mean));
  const low = finite.reduce((least, { min, mean, std }) => Math.min(least, min, mean - std), 0);
  const high = finite.reduce((most, { max, mean, std }) => Math.max(most, max, mean + std), 0);
  const axis = numberAxis([low, high]);
  const live = { filter: 'isValid(datum.low)' };
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { nice: true, zero: false },
    axis,
  });
  const total = widthFor(AXIS + width + 2);
  const texts = shown.map(textOf);
  const line = { expr: `min(room, ${total}) - ${AXIS}` };
  const caption = [...words, ...[dead, odd].flatMap((part) => (part ? [part.short] : []))];
  const spec = specOf(title, caption, total, {
    left: AXIS,
    params: [
      { name: 'texts', value: texts },
      overMarks('place', 'upper', placeOf(all.length)),
      overMarks('under', 'lower', placeOf(all.length)),
      { name: 'across', expr: `min(${width}, room - ${AXIS + 2})` },
      { name: 'at', expr: 'place === null ? under : place' },
    ],
    spacing: 12,
    vconcat: [
      {
        // Its marks have its width.
        width: 1,
        height: VALUES,
        data: { values },
        layer: [
          {
            transform: [
              live,
              { calculate: `datum.place - ${half === 0.5 ? 0.5 : 0.06}`, as: 'left' },
              { calculate: `datum.place + ${half === 0.5 ? 0.5 : 0.06}`, as: 'right' },
            ],
            mark: { type: 'rect', color: COLORS.range },
            encoding: { ...x, y: y('low'), y2: { field: 'high' } },
          },
          {
            transform: [live],
            mark: { type: 'rect', color: COLORS.box },
            encoding: { ...x, y: y('below'), y2: { field: 'above' } },
          },
          {
            transform: [live],
            mark: { type: 'rule', color: COLORS.mean, strokeWidth: 2 },
            encoding: { ...x, y: y('mean') },
          },
          {
            transform: [{ filter: 'datum.dead' }],
            mark: { type: 'point', shape: 'cross', angle: 45, color: COLORS.dead, size: 40, filled: true },
            encoding: { x: position('place', all.length, null), y: y('low') },
          },
          target('upper', { width: ACROSS, height: VALUES }),
        ],
      },
      {
        width: 1,
        height: ZEROS,
        data: { values },
        layer: [
          {
            mark: { type: 'rect', color: COLORS.zeros },
            encoding: {
              x: position('left', all.length, axisOf(sort, all.length)),
              x2: { field: 'right' },
              y: {
                field: 'share',
                type: 'quantitative',
                scale: { domain: [0, 1] },
                axis: { title: 'zeros', format: '%', tickCount: 2 },
              },
              y2: { datum: 0 },
            },
          },
          target('lower', { width: ACROSS, height: ZEROS }),
        ],
      },
      {
        width: 1,
        height: 12,
        layer: [
          readout("at === null ? '' : texts[at]", { width: line, height: 0 }, 6, { texts, most: total }),
        ],
      },
    ],
  });
  return new Figure(
    spec,
    [title, ...words, ...[dead, odd].flatMap((part) => (part ? [part.all] : []))].join('; '),
  );
}

/** The width of all channels. */
const ACROSS = { expr: 'across' };

const placeOf = (count: number) => `clamp(floor(x(group()) / across * ${count}), 0, ${count - 1})`;

function position(field: string, count: number, axis: object | null) {
  return {
    field,
    type: 'quantitative',
    scale: { domain: [-0.5, count - 0.5], range: [0, ACROSS], nice: false, zero: false },
    axis,
  };
}

/** Channels by number have an axis; in another order the pointer tells the number. */
function axisOf(sort: 'index' | 'mean', count: number): object {
  if (sort === 'mean') return { title: 'channels, by mean', labels: false, ticks: false };
  return { title: 'channel', tickMinStep: 1, format: 'd', tickCount: Math.min(8, count) };
}

/** A channel as it is drawn. */
function row(channel: ChannelStats, place: number, half: number) {
  const { mean, std, min, max, sparsity, dead } = channel;
  const finite = Number.isFinite(mean);
  return {
    place,
    left: place - half,
    right: place + half,
    low: finite ? min : null,
    high: finite ? max : null,
    mean: finite ? mean : null,
    below: finite ? mean - std : null,
    above: finite ? mean + std : null,
    share: sparsity,
    dead,
  };
}

/** A channel in a line. */
function textOf({ channel, mean, std, min, max, sparsity, dead, ...counts }: ChannelStats): string {
  const state = dead ? ' · dead' : notFiniteCount(counts) ? ' · not finite' : '';
  return `channel ${channel} · mean ${short(mean)}, σ ${short(std)} · ${short(min)} to ${short(max)} · ${percent(sparsity)} zeros${state}`;
}
