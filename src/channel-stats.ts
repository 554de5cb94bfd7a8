import { type Activation, featureMap, layout, onePicture } from './activation';
import { type Stats, stats } from './stats';

/** A channel's number and what its values look like. */
export interface ChannelStats extends Stats {
  readonly channel: number;
}

/**
 * Mean, spread, smallest and largest value, share of zeros, and whether it is dead, of each channel.
 *
 * @param options.index which picture of a batch; needed when there are several
 * @throws {RangeError} when there is no such picture, or several and none was chosen
 * @example channelStats(activations[0]).filter(({ dead }) => dead).map(({ channel }) => channel) // [12]
 */
export function channelStats(activation: Activation, { index }: { index?: number } = {}): ChannelStats[] {
  const { channels } = layout(activation);
  const sample = onePicture(activation, index);
  return Array.from({ length: channels }, (_, channel) => ({
    channel,
    ...stats(featureMap(activation, channel, sample).data),
  }));
}
