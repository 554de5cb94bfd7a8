import { checkKinds } from '../checks/check-kinds';
import { type Activation, featureMap, layout, onePicture } from './activation';
import { type Stats, stats } from './stats';

/** A channel's number and the statistics of its values. */
export interface ChannelStats extends Stats {
  /** 0 … channels − 1. */
  readonly channel: number;
}

/**
 * Mean, standard deviation, smallest and largest value, and share of zeros of each channel, and whether it is dead.
 *
 * @param activation an element of what `predict` returns
 * @param options which picture of a batch
 * @param options.index index of the picture in the batch; needed when there are several
 * @returns one for each channel, by number
 * @throws {TypeError} when it is not an activation
 * @throws {RangeError} when there is no such picture, or several and none was chosen
 * @example
 * const dead = channelStats(activations[0]).filter(({ dead }) => dead);
 * console.log(dead.map(({ channel }) => channel)); // [12]
 */
export function channelStats(activation: Activation, options: { index?: number } = {}): ChannelStats[] {
  const { channels } = layout(activation);
  checkKinds('count the channels', options, { index: 'number' });
  const { index } = options;
  const sample = onePicture(activation, index);
  return Array.from({ length: channels }, (_, channel) => ({
    channel,
    ...stats(featureMap(activation, channel, sample).data),
  }));
}
