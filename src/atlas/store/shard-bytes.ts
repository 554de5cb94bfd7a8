import type { LayerTotals } from '../layer-totals';
import type { Shard } from '../shard';
import { type Packable, pack, unpack } from './packed';

/** The result of a shard as bytes. @param key which plan it belongs to */
export function bytesOfShard(key: string, { totals, skipped, answers, classes }: Shard): Uint8Array {
  const arrays: Record<string, Packable> = { answers };
  const layers = totals.map(({ channels, top, ...numbers }, i) => {
    for (const [name, values] of Object.entries(numbers)) arrays[`${i}.${name}`] = values;
    return { channels, top };
  });
  return pack({ key, layers, skipped, classes }, arrays);
}

/** @returns undefined where it belongs to another plan @throws {AtlasError} when it is damaged */
export function shardOfBytes(what: string, key: string, bytes: Uint8Array): Shard | undefined {
  const { json, arrays } = unpack(what, bytes);
  const head = json as { key: string; layers: object[]; skipped: Shard['skipped']; classes: number };
  if (head.key !== key) return undefined;
  const numbers = head.layers.map((): Record<string, Packable> => ({}));
  for (const [name, values] of Object.entries(arrays)) {
    const [layer, column] = name.split('.') as [string, string?];
    if (column !== undefined) numbers[Number(layer)]![column] = values;
  }
  const totals = head.layers.map((shape, i) => ({ ...shape, ...numbers[i] }) as unknown as LayerTotals);
  return {
    totals,
    skipped: head.skipped,
    answers: arrays['answers'] as Int32Array,
    classes: head.classes,
  };
}
