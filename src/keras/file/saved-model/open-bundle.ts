import { existsSync, readFileSync, statSync } from 'node:fs';
import { ModelError } from '../../../errors';
import type { Bytes } from '../bytes';
import { MOST_CONFIG } from '../config';
import { fileBytes } from '../file-bytes';
import { Bundle } from './bundle';

/**
 * Opens the variables that TensorFlow has written beside each other: `prefix.index` and the shards
 * `prefix.data-00000-of-00001` and so on, which are opened when they are needed.
 *
 * @param advice what to do when one of them is missing
 * @throws {ModelError} when one is missing or damaged
 */
export function openBundle(prefix: string, advice: string): Bundle {
  const index = readPart(`${prefix}.index`, MOST_CONFIG, advice);
  return new Bundle(index, (shard, shards) => openShard(prefix, shard, shards, advice));
}

/** @throws {ModelError} when a file is missing, or larger than any model's */
export function readPart(path: string, most: number, advice: string): Uint8Array {
  if (!existsSync(path)) throw missing(path, advice);
  const { size } = statSync(path);
  if (size > most) throw new ModelError(`its file ${nameOf(path)} has ${size} bytes, more than any model's.`);
  return readFileSync(path);
}

function openShard(prefix: string, shard: number, shards: number, advice: string): Bytes {
  const digits = (number: number) => String(number).padStart(5, '0');
  const path = `${prefix}.data-${digits(shard)}-of-${digits(shards)}`;
  if (!existsSync(path)) throw missing(path, advice);
  return fileBytes(path);
}

const nameOf = (path: string) => path.split(/[\\/]/).pop();

const missing = (path: string, advice: string) =>
  new ModelError(`its file ${nameOf(path)} is missing. ${advice}`);
