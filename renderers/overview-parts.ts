import { valueName } from '../src/checks/value-name';
import type { Activation } from '../src/maps/activation';

/** A part of the network that has one row: a layer, or a block of them with its last one. */
export interface Part {
  name: string;
  count: number;
  activation: Activation;
}

/** @throws {RangeError} when no layer is of one of the classes */
export function ofTypes(given: readonly Activation[], types: readonly string[]): Activation[] {
  const all = given.filter(({ type }) => type && types.includes(type));
  if (all.length || !given.length) return all;
  const known = [...new Set(given.flatMap(({ type }) => type ?? []))].join(', ');
  throw new RangeError(
    `Cannot draw an overview: no layer is ${types.map((type) => (typeof type === 'string' ? type : valueName(type))).join(' or ')}. ${known ? `There are ${known}.` : 'These activations do not say of which class their layers are.'}`,
  );
}

export const onePart = (activation: Activation): Part => ({ name: activation.layer, count: 1, activation });

/** Consecutive layers of one block, as Keras's Applications name them: conv2_block1_out, block_3_expand, block1a_bn. */
export function partsOf(activations: readonly Activation[]): Part[] {
  const parts: Part[] = [];
  for (const activation of activations) {
    const block = /^(.*?block_?\d+[a-z]?)_/i.exec(activation.layer)?.[1];
    const last = parts.at(-1);
    if (block && last?.name === block) Object.assign(last, { count: last.count + 1, activation });
    else parts.push({ name: block ?? activation.layer, count: 1, activation });
  }
  return parts.map((part) => (part.count === 1 ? onePart(part.activation) : part));
}
