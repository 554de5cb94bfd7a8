import type { ColorMode } from '../pictures/pixels';
import type { PreprocessMode } from '../pictures/preprocess';
import type { Interpolation } from '../pictures/resample';

/** A layer whose channels are counted. */
export interface PlannedLayer {
  /** Of its step: the name, with `:1` and so on for later runs. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The classes of pictures. */
export interface PlannedClasses {
  readonly names: readonly string[];
  /** The class of each picture; −1 for none. */
  readonly labels: readonly number[];
}

/** All that decides the numbers of an atlas, as JSON. Two runs of the same plan give the same bits. */
export interface AtlasPlan {
  readonly format: 1;
  readonly model: string;
  /** A hash of the model's weights and configuration. */
  readonly fingerprint: string;
  readonly layers: readonly PlannedLayer[];
  readonly size: readonly [height: number, width: number];
  readonly colorMode: ColorMode;
  readonly interpolation: Interpolation;
  readonly preprocess: PreprocessMode;
  readonly top: number;
  /** Pictures that the model computes at once. */
  readonly batch: number;
  /** Pictures per shard. */
  readonly shardSize: number;
  readonly pictures: readonly string[];
  readonly classes?: PlannedClasses;
}

export const shardsOf = ({ pictures, shardSize }: AtlasPlan): number =>
  Math.ceil(pictures.length / shardSize);

/** The pictures of a shard: the first, and the one after the last. */
export function picturesOf({ pictures, shardSize }: AtlasPlan, shard: number): [from: number, to: number] {
  return [shard * shardSize, Math.min(pictures.length, (shard + 1) * shardSize)];
}
