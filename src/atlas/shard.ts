import type { SkippedPicture } from '../maps/atlas';
import { type LayerTotals, mergeTotals } from './layer-totals';

/** What is known of some of the pictures. */
export interface Shard {
  /** Of each layer. */
  readonly totals: LayerTotals[];
  readonly skipped: SkippedPicture[];
  /** The model's answer to each picture; −1 for none. Empty if it was not asked. */
  answers: Int32Array;
  /** How many classes the model answers with; 0 if its output is no list of classes. */
  classes: number;
}

/** The largest value of each picture and channel of a layer, picture after picture; NaN where a picture was skipped. */
export type Maxima = Float32Array;

/** Where the results of shards are kept until all are there. */
export interface ShardStore {
  has(shard: number): boolean;
  put(shard: number, result: Shard, maxima: readonly Maxima[]): void;
  get(shard: number): Shard;
  maxima(shard: number, layer: number): Maxima;
}

/** Adds the results of later pictures. */
export function mergeShards(all: Shard, later: Shard): void {
  for (const [layer, totals] of all.totals.entries()) mergeTotals(totals, later.totals[layer]!);
  all.skipped.push(...later.skipped);
  const answers = new Int32Array(all.answers.length + later.answers.length);
  answers.set(all.answers);
  answers.set(later.answers, all.answers.length);
  all.answers = answers;
  all.classes = Math.max(all.classes, later.classes);
}

/** Keeps results in memory. */
export function memoryStore(): ShardStore {
  const kept = new Map<number, { result: Shard; maxima: readonly Maxima[] }>();
  return {
    has: (shard) => kept.has(shard),
    put: (shard, result, maxima) => void kept.set(shard, { result, maxima }),
    get: (shard) => kept.get(shard)!.result,
    maxima: (shard, layer) => kept.get(shard)!.maxima[layer]!,
  };
}
