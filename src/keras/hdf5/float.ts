import { ModelError } from '../../errors';
import type { Datatype } from './datatype';

/** Converts stored numbers of any width to float32. @param raw the bytes of `target.length` elements */
export function toFloat32(raw: Buffer, type: Datatype, target: Float32Array): void {
  const read = reader(raw, type);
  for (let i = 0; i < target.length; i++) target[i] = read(i * type.size);
}

function reader(raw: Buffer, { kind, size, bigEndian }: Datatype): (offset: number) => number {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const little = !bigEndian;
  switch (`${kind}${size * 8}`) {
    case 'float64':
      return (offset) => view.getFloat64(offset, little);
    case 'float32':
      return (offset) => view.getFloat32(offset, little);
    case 'float16':
      return (offset) => halfToNumber(view.getUint16(offset, little));
    case 'bfloat1616': {
      const word = new DataView(new ArrayBuffer(4));
      return (offset) => {
        word.setUint32(0, view.getUint16(offset, little) << 16);
        return word.getFloat32(0);
      };
    }
    case 'int8':
      return (offset) => view.getInt8(offset);
    case 'uint8':
      return (offset) => view.getUint8(offset);
    case 'int16':
      return (offset) => view.getInt16(offset, little);
    case 'uint16':
      return (offset) => view.getUint16(offset, little);
    case 'int32':
      return (offset) => view.getInt32(offset, little);
    case 'uint32':
      return (offset) => view.getUint32(offset, little);
    case 'int64':
      return (offset) => Number(view.getBigInt64(offset, little));
    case 'uint64':
      return (offset) => Number(view.getBigUint64(offset, little));
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
