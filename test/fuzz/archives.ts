import { type Edit, editBytes, editField, type Field } from './edit';

/** Sizes in bytes of what stands in a local header, in the directory and in its end, after their four letters. */
const LOCAL = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];
const CENTRAL = [2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4];
const END = [2, 2, 2, 2, 4, 4, 2];

const HEADERS: Record<string, number[]> = { 'PK\x03\x04': LOCAL, 'PK\x01\x02': CENTRAL, 'PK\x05\x06': END };

/** Where the numbers and names of a zip's headers are. */
function fieldsOf(zip: Buffer): Field[] {
  const fields: Field[] = [];
  for (const [letters, sizes] of Object.entries(HEADERS)) {
    for (let at = zip.indexOf(letters, 0, 'latin1'); at >= 0; at = zip.indexOf(letters, at + 4, 'latin1')) {
      let place = at + 4;
      for (const size of sizes) {
        fields.push({ at: place, size });
        place += size;
      }
      // The first letters of the entry's name.
      if (letters !== 'PK\x05\x06') for (let i = 0; i < 4; i++) fields.push({ at: place + i, size: 1 });
    }
  }
  return fields.filter(({ at, size }) => at + size <= zip.length);
}

/** A zip with numbers of its headers changed, and now and then a byte of what it holds. */
export function damagedZip(source: Buffer, edits: readonly Edit[]): Buffer {
  let zip: Buffer = Buffer.from(source);
  const fields = fieldsOf(source);
  for (const edit of edits) {
    if (edit.op % 8 === 7 || zip.length !== source.length)
      zip = editBytes(zip, { ...edit, op: edit.op >> 3 });
    else editField(zip, fields, { ...edit, op: edit.op >> 3 });
  }
  return zip;
}
