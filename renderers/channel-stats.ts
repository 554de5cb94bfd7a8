import { checkKinds } from '../src/check-kinds';
import type { Activation } from '../src/maps/activation';
import { type ChannelStats, channelStats } from '../src/maps/channel-stats';
import { notFiniteCount } from '../src/maps/stats';
import { Figure } from './figure';
import type { Spec } from './spec';
import { counted, DRAWING_WIDTH, percent, SCHEMA, short, THEME } from './theme';

/** Options of `channelStatsFigure`. */
export interface ChannelStatsFigureOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Default: the layer's name. */
  title?: string;
}

/**
 * The statistics of a layer's channels side by side: the range of values, mean ± one standard deviation,
 * and the share of zeros below. Dead channels are marked and listed.
 *
 * @param activation an element of what `predict` returns
 * @param options which picture, which title
 * @returns the figure
 * @throws {RangeError} when there is no such picture, or several and none was chosen
 * @throws {TypeError} when it is not an activation
 * @example
 * show(channelStatsFigure(activations[0]));
 */
export function channelStatsFigure(activation: Activation, options: ChannelStatsFigureOptions = {}): Figure {
  checkKinds("draw the channels' statistics", options, { index: 'number', title: 'string' });
  const all = channelStats(activation, { index: options.index });
  const title = options.title ?? `${activation.layer} · channels`;
  const caption = [
    `${all.length} ${all.length === 1 ? 'channel' : 'channels'}`,
    'line: smallest to largest · box: mean ± σ',
    ...counted(
      'dead',
      all.filter(({ dead }) => dead).map(({ channel }) => channel),
    ),
    ...counted(
      'not finite',
      all.filter((channel) => notFiniteCount(channel) > 0).map(({ channel }) => channel),
    ),
  ];
  const step = Math.max(1, Math.min(24, Math.floor(DRAWING_WIDTH / all.length)));
  const box = Math.max(1, Math.round(step * 0.6));
  const x = (axis: object | null) => ({
    field: 'channel',
    type: 'quantitative',
    scale: { domain: [-0.5, all.length - 0.5], nice: false, zero: false },
    axis,
  });
  const channels = { title: 'channel', tickMinStep: 1, format: 'd', tickCount: Math.min(16, all.length) };
  const y = (field: string, title: string) => ({ field, type: 'quantitative', title });
  const tooltip = ['channel', 'mean', 'std', 'min', 'max', 'zeros', 'state'].map((field) => ({
    field,
    type: 'nominal',
  }));
  const live = { filter: 'isValid(datum.low)' };
  const width = step * all.length;
  const spec: Spec = {
    $schema: SCHEMA,
    config: THEME,
    title: { text: title, subtitle: caption.join(' · ') },
    data: { values: all.map(row) },
    spacing: 12,
    vconcat: [
      {
        width,
        height: 180,
        layer: [
          {
            transform: [live],
            mark: { type: 'rule', color: '#4c78a8' },
            encoding: { x: x(null), y: y('low', 'value'), y2: { field: 'high' } },
          },
          {
            transform: [live],
            mark: { type: 'bar', color: '#4c78a8', width: box },
            encoding: { x: x(null), y: y('below', 'value'), y2: { field: 'above' }, tooltip },
          },
          {
            transform: [{ filter: "datum.state === 'dead'" }],
            mark: { type: 'point', shape: 'cross', angle: 45, color: '#b3261e', size: 40 },
            encoding: { x: x(null), y: y('low', 'value'), tooltip },
          },
        ],
      },
      {
        width,
        height: 70,
        mark: { type: 'bar', color: '#9aa4af', width: box },
        encoding: {
          x: x(channels),
          y: { ...y('share', 'zeros'), scale: { domain: [0, 1] }, axis: { format: '%', tickCount: 3 } },
          tooltip,
        },
      },
    ],
  };
  return new Figure(spec, [title, ...caption].join('; '));
}

/** A channel as it is drawn, and its tooltip. */
function row(channel: ChannelStats) {
  const { mean, std, min, max, sparsity, dead } = channel;
  const finite = Number.isFinite(mean);
  return {
    channel: channel.channel,
    low: finite ? min : null,
    high: finite ? max : null,
    below: finite ? Math.max(min, mean - std) : null,
    above: finite ? Math.min(max, mean + std) : null,
    share: sparsity,
    mean: short(mean),
    std: short(std),
    min: short(min),
    max: short(max),
    zeros: percent(sparsity),
    state: dead ? 'dead' : notFiniteCount(channel) ? 'not finite' : 'live',
  };
}
