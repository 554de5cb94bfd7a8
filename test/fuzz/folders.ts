import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32c, masked } from '../../src/keras/file/saved-model/crc32c';
import { loadModel } from '../../src/keras/load';
import { storedEntries } from '../keras/file/zip-writer';
import { type Case, choose, edited } from './edit';
import { editedJson } from './json';
import { checkModel, checkSource } from './models';

/** Models that are more than one file, with one of these damaged. */

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

/** An empty folder below the scratch folder. */
function fresh(scratch: string, name: string): string {
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes the checksum of a table's only block of entries anew, so that what it holds is read. */
function sumTable(table: Buffer): void {
  // The footer begins with the place of the block after it; numbers have seven bits a byte.
  let [offset, shift, at] = [0, 0, table.length - 48];
  for (; table[at]! & 0x80; at++, shift += 7) offset += (table[at]! & 0x7f) << shift;
  offset += table[at]! << shift;
  const end = offset - 4;
  if (end < 1 || end > table.length - 4) return;
  table.writeUInt32LE(masked(crc32c(table.subarray(0, end))), end);
}

/** A SavedModel of Keras 2 with one of its files changed. */
export async function checkSavedModel(bases: readonly string[], { base, edits }: Case, scratch: string) {
  const source = choose(bases, base);
  const folder = fresh(scratch, 'saved');
  cpSync(source, folder, { recursive: true });
  const names = files(source);
  const name = choose(names, edits[0]!.at);
  const bytes = edited(readFileSync(join(source, name)), edits);
  if (name.endsWith('.index') && edits[0]!.value % 4 && bytes.length >= 48) sumTable(bytes);
  writeFileSync(join(folder, name), bytes);
  await checkModel(folder);
}

/** A .keras that was unpacked, with one of its entries changed. */
export async function checkUnpacked(bases: readonly Buffer[], { base, edits }: Case, scratch: string) {
  const folder = fresh(scratch, 'unpacked');
  const entries = storedEntries(choose(bases, base));
  const damaged = choose(entries, edits[0]!.at);
  for (const { name, data } of entries) {
    const isText = name.endsWith('.json') && edits[0]!.value % 2;
    const changed = isText ? Buffer.from(editedJson(data.toString(), edits)) : edited(data, edits);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name === damaged.name ? changed : data);
  }
  await checkModel(folder);
}

/** A configuration with its weights beside it; one of the two is changed. */
export async function checkPair(
  bases: readonly (readonly [config: string, weights: string])[],
  { base, edits }: Case,
  scratch: string,
) {
  const [config, weights] = choose(bases, base).map((file) => readFileSync(file)) as [Buffer, Buffer];
  const inConfig = edits[0]!.value % 2 === 0;
  const path = join(fresh(scratch, 'pair'), 'model.json');
  writeFileSync(path, inConfig ? editedJson(config.toString(), edits) : config);
  const file = inConfig ? weights : edited(weights, edits);
  await checkSource(() => loadModel(path, { weights: file }));
}
