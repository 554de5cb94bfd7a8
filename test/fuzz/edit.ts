/**
 * One change to something right. Three numbers from 0 to 2³¹ − 1, each taken modulo what there is to choose from,
 * so that every edit means something everywhere, and one that is made smaller means something simpler.
 */
export interface Edit {
  /** Which change. */
  op: number;
  /** Where. */
  at: number;
  /** To what. */
  value: number;
}

/** A file or message that is right, and what is done to it. */
export interface Case {
  base: number;
  edits: Edit[];
}

export const choose = <T>(values: readonly T[], number: number): T => values[number % values.length]!;

/** Numbers that lengths, offsets and counts are most likely to be wrong with. */
export const ODD = [
  0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
  0x100000000, 0x7fffffffffff, 0x1fffffffffffff,
];

/** A stretch of bytes that means a number. */
export interface Field {
  at: number;
  /** Bytes it takes: 1 to 8. */
  size: number;
  bigEndian?: boolean;
}

export function readField(bytes: Buffer, { at, size, bigEndian }: Field): bigint {
  const digits = Buffer.from(bytes.subarray(at, at + size));
  return BigInt(`0x${(bigEndian ? digits : digits.reverse()).toString('hex') || '0'}`);
}

/** Writes the low bytes of a number. */
export function writeField(bytes: Buffer, { at, size, bigEndian }: Field, value: bigint): void {
  const digits = Buffer.from(
    BigInt.asUintN(8 * size, value)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  );
  (bigEndian ? digits : digits.reverse()).copy(bytes, at);
}

/** Gives one of the fields an odd value, one near its own, or that of another field: a pointer then makes a circle. */
export function editField(bytes: Buffer, fields: readonly Field[], { op, at, value }: Edit): void {
  const field = choose(fields, at);
  const own = readField(bytes, field);
  const others = fields.filter(({ size }) => size === field.size);
  const changed = [
    () => BigInt(choose(ODD, value)),
    () => own + BigInt((value % 17) - 8),
    () => own ^ (1n << BigInt(value % (8 * field.size))),
    () => readField(bytes, choose(others, value)),
    () => own * BigInt(value % 1024),
    () => BigInt(value % bytes.length),
  ];
  writeField(bytes, field, choose(changed, op)());
}

/** Changes a bit, a byte, a word or a stretch, or cuts the rest off. */
export function editBytes(bytes: Buffer, { op, at: where, value }: Edit): Buffer {
  const at = where % bytes.length;
  const word = (size: number) => {
    if (at + size <= bytes.length) writeField(bytes, { at, size }, BigInt(choose(ODD, value)) * 0x10001n);
  };
  switch (op % 16) {
    case 0:
      return bytes.subarray(0, Math.max(1, at));
    case 1: {
      const length = value % 64;
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    }
    case 2:
    case 3:
      bytes.copy(bytes, value % bytes.length, at, at + (value % 64));
      break;
    case 4:
    case 5:
      word(4);
      break;
    case 6:
    case 7:
      word(8);
      break;
    case 8:
    case 9:
    case 10:
      bytes[at] = value % 256;
      break;
    default:
      bytes[at]! ^= 1 << (value % 8);
  }
  return bytes;
}

/** What many edits of one sort make of something right. */
export const edited = (source: Uint8Array, edits: readonly Edit[], edit = editBytes): Buffer =>
  edits.reduce(edit, Buffer.from(source));
