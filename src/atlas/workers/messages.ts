/** What a worker process is told. */
export interface ToWorker {
  readonly shard: number;
}

/** What it tells. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pictures'; readonly count: number }
  | { readonly kind: 'done'; readonly shard: number }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };
