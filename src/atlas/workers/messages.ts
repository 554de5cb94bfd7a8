import type { Relations } from '../finish/relations';

/** What a worker does at a time: the pictures of a shard, or the relations of a layer when all shards are done. */
export type Job = { readonly shard: number } | { readonly layer: number };

/** A job with the folder of its run. */
export type ToWorker = Job & { readonly out: string };

/** What a worker tells. */
export type FromWorker =
  | { readonly kind: 'pictures'; readonly count: number }
  | { readonly kind: 'done'; readonly relations?: Relations }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };
