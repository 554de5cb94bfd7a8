/** The tags of a TIFF's first directory, as numbers; texts as their bytes. */
export interface Tags {
  littleEndian: boolean;
  /** The numbers of a tag; undefined where the file does not have it. */
  all(tag: number): number[] | undefined;
  /** The first number of a tag. */
  one(tag: number, otherwise: number): number;
}

export const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripLengths: 279,
  planar: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileLengths: 325,
  extraSamples: 338,
  sampleFormat: 339,
  xmp: 700,
} as const;

/** Bytes of a value, by TIFF's number of its type. */
const SIZES: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/**
 * Reads the first directory of a TIFF or BigTIFF. A tag's values are read when they are asked for.
 *
 * @throws {Error} when it is damaged
 */
export function readTags(bytes: Uint8Array): Tags {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const littleEndian = bytes[0] === 0x49;
  const cutOff = () => new Error('its directory is cut off');
  const u16 = (at: number) => {
    if (at + 2 > bytes.length) throw cutOff();
    return view.getUint16(at, littleEndian);
  };
  const u32 = (at: number) => {
    if (at + 4 > bytes.length) throw cutOff();
    return view.getUint32(at, littleEndian);
  };
  const u64 = (at: number) => {
    if (at + 8 > bytes.length) throw cutOff();
    const value = Number(view.getBigUint64(at, littleEndian));
    return value;
  };
  const big = u16(2) === 43;
  const start = big ? u64(8) : u32(4);
  const count = big ? u64(start) : u16(start);
  const length = big ? 20 : 12;
  const first = start + (big ? 8 : 2);
  if (count > 4096 || first + count * length > bytes.length) throw cutOff();
  const places = new Map<number, { type: number; count: number; at: number }>();
  for (let i = 0; i < count; i++) {
    const at = first + i * length;
    const type = u16(at + 2);
    const values = big ? u64(at + 4) : u32(at + 4);
    const inlineBytes = big ? 8 : 4;
    const inside = (SIZES[type] ?? 0) * values <= inlineBytes;
    const value = at + (big ? 12 : 8);
    places.set(u16(at), { type, count: values, at: inside ? value : big ? u64(value) : u32(value) });
  }
  const read = (type: number, at: number): number => {
    switch (type) {
      case 3:
        return u16(at);
      case 4:
      case 13:
        return u32(at);
      case 6:
        return view.getInt8(at);
      case 8:
        return view.getInt16(at, littleEndian);
      case 9:
        return view.getInt32(at, littleEndian);
      case 16:
      case 18:
        return u64(at);
      default:
        return view.getUint8(at);
    }
  };
  const all = (tag: number, most = Number.POSITIVE_INFINITY): number[] | undefined => {
    const place = places.get(tag);
    const size = place && SIZES[place.type];
    if (!place || !size) return undefined;
    if (place.at + size * place.count > bytes.length) throw cutOff();
    return Array.from({ length: Math.min(place.count, most) }, (_, i) =>
      read(place.type, place.at + i * size),
    );
  };
  return { littleEndian, all, one: (tag, otherwise) => all(tag, 1)?.[0] ?? otherwise };
}
