import { ModelError } from '../../../errors';

const DAMAGED = 'damaged: its protocol buffers end too early. Copy or save it again.';

/** A number in groups of seven bits, lowest first. @returns the number, and where it ends */
export function varint(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let factor = 1, i = at; i < at + 10; i++, factor *= 128) {
    const byte = bytes[i];
    if (byte === undefined) break;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, i + 1];
  }
  throw new ModelError(DAMAGED);
}

/** The fields of a message by their numbers, in order: numbers, and bytes for all else. */
export class Message {
  private readonly fields = new Map<number, (number | Uint8Array)[]>();

  /** @throws {ModelError} when the bytes are no message */
  constructor(bytes: Uint8Array) {
    for (let at = 0; at < bytes.length; ) {
      const [tag, start] = varint(bytes, at);
      const [value, end] = fieldAt(bytes, start, tag % 8);
      const number = Math.floor(tag / 8);
      const known = this.fields.get(number);
      if (known) known.push(value);
      else this.fields.set(number, [value]);
      at = end;
    }
  }

  number(field: number): number {
    const value = this.fields.get(field)?.at(-1);
    return typeof value === 'number' ? value : 0;
  }

  bytes(field: number): Uint8Array | undefined {
    const value = this.fields.get(field)?.at(-1);
    return typeof value === 'number' ? undefined : value;
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field) ?? new Uint8Array());
  }

  message(field: number): Message | undefined {
    const bytes = this.bytes(field);
    return bytes && new Message(bytes);
  }

  /** All messages of a repeated field. */
  messages(field: number): Message[] {
    const values = this.fields.get(field) ?? [];
    return values.flatMap((value) => (typeof value === 'number' ? [] : [new Message(value)]));
  }
}

/** A field's value and its end, by the kind of its encoding. */
function fieldAt(bytes: Uint8Array, at: number, kind: number): [number | Uint8Array, number] {
  if (kind === 0) return varint(bytes, at);
  const [size, start] = kind === 2 ? varint(bytes, at) : [kind === 1 ? 8 : 4, at];
  if (kind !== 1 && kind !== 2 && kind !== 5) throw new ModelError(DAMAGED);
  if (start + size > bytes.length) throw new ModelError(DAMAGED);
  return [bytes.subarray(start, start + size), start + size];
}
