import { chunk, float32, integer } from './protobuf';

/** An attribute of an operation, as the addon of tfjs-node takes it. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** Numbers of tensorflow.h's TF_AttrType. */
export const KIND = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** An operation of a graph; inputs are names such as `n3:0`. */
export interface Node {
  name: string;
  op: string;
  inputs: string[];
  attributes: Attribute[];
}

// Fields of attr_value.proto, and of its list.
const FIELD: Record<number, number> = {
  [KIND.string]: 2,
  [KIND.int]: 3,
  [KIND.float]: 4,
  [KIND.bool]: 5,
  [KIND.type]: 6,
  [KIND.shape]: 7,
};

function one(type: number, value: unknown): Buffer {
  const field = FIELD[type]!;
  if (type === KIND.string) return chunk(field, String(value));
  if (type === KIND.float) return float32(field, Number(value));
  if (type === KIND.shape)
    return chunk(
      field,
      (value as number[]).map((size) => chunk(2, [integer(1, size)])),
    );
  return integer(field, Number(value));
}

function attribute({ name, type, value }: Attribute): Buffer {
  const several = type !== KIND.shape && Array.isArray(value);
  const content = several
    ? chunk(
        1,
        (value as unknown[]).map((item) => one(type, item)),
      )
    : one(type, value);
  return chunk(5, [chunk(1, name), chunk(2, [content])]);
}

/** The version of graphs that TensorFlow 2.13 writes. */
const PRODUCER = 1482;

/** @returns saved_model.pb: one graph for serving, without variables */
export function savedModel(nodes: Node[]): Buffer {
  const graph = nodes.map(({ name, op, inputs, attributes }) =>
    chunk(1, [
      chunk(1, name),
      chunk(2, op),
      ...inputs.map((input) => chunk(3, input)),
      ...attributes.map(attribute),
    ]),
  );
  const versions = chunk(4, [integer(1, PRODUCER)]);
  const meta = chunk(1, [chunk(4, 'serve')]);
  return Buffer.concat([integer(1, 1), chunk(2, [meta, chunk(2, [...graph, versions])])]);
}
