import { ModelError } from '../../../errors';

/** How the numbers of an array are stored, in h5wasm's words; always little-endian by the time they are read. */
export interface NumberType {
  kind: 'int' | 'uint' | 'float' | 'bfloat16';
  size: number;
}

/**
 * Converts stored numbers of any width to float32.
 *
 * @param raw the bytes of `target.length` numbers
 * @throws {ModelError} for widths that no number has
 */
export function toFloat32(raw: Uint8Array, { kind, size }: NumberType, target: Float32Array): void {
  if (kind === 'float' && size === 4) {
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(raw);
    return;
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = readerOf(view, kind, size);
  for (let i = 0; i < target.length; i++) target[i] = read(i * size);
}

function readerOf(view: DataView, kind: NumberType['kind'], size: number): (offset: number) => number {
  switch (`${kind} ${size}`) {
    case 'float 8':
      return (offset) => view.getFloat64(offset, true);
    case 'float 2':
      return (offset) => halfToNumber(view.getUint16(offset, true));
    case 'bfloat16 2': {
      // The first half of a float32.
      const word = new DataView(new ArrayBuffer(4));
      return (offset) => {
        word.setUint32(0, view.getUint16(offset, true) << 16);
        return word.getFloat32(0);
      };
    }
    case 'int 1':
      return (offset) => view.getInt8(offset);
    case 'uint 1':
      return (offset) => view.getUint8(offset);
    case 'int 2':
      return (offset) => view.getInt16(offset, true);
    case 'uint 2':
      return (offset) => view.getUint16(offset, true);
    case 'int 4':
      return (offset) => view.getInt32(offset, true);
    case 'uint 4':
      return (offset) => view.getUint32(offset, true);
    case 'int 8':
      return (offset) => Number(view.getBigInt64(offset, true));
    case 'uint 8':
      return (offset) => Number(view.getBigUint64(offset, true));
    default:
      throw new ModelError(`a weight is stored as ${size * 8}-bit ${kind}, which is no number Keras writes.`);
  }
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
