import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { AtlasError } from '../../errors';
import { makeFolder, writeWhole } from '../../files/whole-file';
import { type AtlasPlan, picturesOf, shardsOf } from '../plan';
import type { Maxima, ShardStore } from '../shard';
import { bytesOfShard, shardOfBytes } from './shard-bytes';

/** What a plan is known by: parts of another plan are never mixed with its own. */
export const keyOf = (plan: AtlasPlan): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);

/** A store of shards that others can write to as well: two files per shard in a folder, each renamed into place. */
export interface FolderStore extends ShardStore {
  /** The shards that are missing. */
  missing(): number[];
  /** Deletes the folder. */
  remove(): void;
}

/**
 * Keeps results in a folder. The largest values come first, then what says that the shard is done.
 *
 * @throws {AtlasError} when the folder cannot be made or written to
 */
export function folderStore(folder: string, plan: AtlasPlan): FolderStore {
  const key = keyOf(plan);
  const name = (shard: number, ending: string) => join(folder, `${String(shard).padStart(6, '0')}.${ending}`);
  makeFolder(name(0, 'part'), AtlasError);
  const starts = [0];
  for (const { channels } of plan.layers) starts.push(starts.at(-1)! + channels);
  const get = (shard: number) => {
    const path = name(shard, 'part');
    let bytes: Buffer;
    try {
      bytes = inflateSync(readFileSync(path));
    } catch (cause) {
      throw new AtlasError(
        `Cannot read ${path}: ${(cause as Error).message}. Delete it and run again with --resume.`,
        { cause },
      );
    }
    return shardOfBytes(path, key, bytes);
  };
  return {
    has(shard) {
      if (!existsSync(name(shard, 'part')) || !existsSync(name(shard, 'maxima'))) return false;
      try {
        return get(shard) !== undefined;
      } catch {
        // A damaged part is computed again.
        return false;
      }
    },
    put(shard, result, maxima) {
      const all = new Uint8Array(maxima.reduce((sum, { byteLength }) => sum + byteLength, 0));
      let at = 0;
      for (const { buffer, byteOffset, byteLength } of maxima) {
        all.set(new Uint8Array(buffer, byteOffset, byteLength), at);
        at += byteLength;
      }
      writeWhole(name(shard, 'maxima'), all, AtlasError);
      // Most bins are empty, so that even the fastest level leaves a quarter.
      writeWhole(name(shard, 'part'), deflateSync(bytesOfShard(key, result), { level: 1 }), AtlasError);
    },
    get(shard) {
      const result = get(shard);
      if (result) return result;
      throw new AtlasError(
        `Cannot read ${name(shard, 'part')}: it belongs to another run. Run again with --resume.`,
      );
    },
    maxima(shard, layer) {
      const [from, to] = picturesOf(plan, shard);
      const pictures = to - from;
      const values = new Float32Array(pictures * plan.layers[layer]!.channels);
      readAt(name(shard, 'maxima'), 4 * pictures * starts[layer]!, values);
      return values;
    },
    missing() {
      return Array.from({ length: shardsOf(plan) }, (_, shard) => shard).filter((shard) => !this.has(shard));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readAt(path: string, position: number, into: Maxima): void {
  const bytes = new Uint8Array(into.buffer);
  const file = openSync(path, 'r');
  try {
    const read = readSync(file, bytes, 0, bytes.length, position);
    if (read !== bytes.length) {
      throw new AtlasError(`Cannot read ${path}: it is too short. Delete it and run again with --resume.`);
    }
  } finally {
    closeSync(file);
  }
}
