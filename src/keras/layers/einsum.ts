import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { activationOf } from './activation-functions';
import type { LayerDefinition } from './definition';

/** Characters for the axes of an ellipsis; equations use letters. */
const ELIDED = '0123456789';

/** The axes of two operands and of the result, a character each. */
type Equation = [first: string, second: string, result: string];

/**
 * @param ranks of the operands, which say how many axes an ellipsis stands for
 * @throws {ModelError} when the equation does not have two operands, or does not fit their ranks
 */
export function parseEquation(text: unknown, ranks: readonly [number, number]): Equation {
  const refuse = () => {
    throw new ModelError(
      `its equation ${JSON.stringify(text)?.slice(0, 100)} is not an einsum of tensors of rank ${ranks.join(' and ')}.`,
    );
  };
  const [, ...parts] =
    /^([a-zA-Z.]*),([a-zA-Z.]*)->([a-zA-Z.]*)$/.exec(String(text).replace(/ /g, '')) ?? refuse();
  const letters = (part: string) => part.replace('...', '').length;
  const elided = Math.max(
    ...ranks.map((rank, i) => (parts[i]!.includes('...') ? rank - letters(parts[i]!) : 0)),
  );
  if (elided < 0 || elided > ELIDED.length) refuse();
  const spelled = parts.map((part, i) => {
    const axes = i < 2 ? ranks[i]! - letters(part) : elided;
    return part.replace('...', ELIDED.slice(elided - axes, elided));
  }) as Equation;
  const [first, second, result] = spelled;
  const fits =
    spelled.every((part) => !part.includes('.') && new Set(part).size === part.length) &&
    first.length === ranks[0] &&
    second.length === ranks[1] &&
    [...result].every((axis) => first.includes(axis) || second.includes(axis));
  return fits ? spelled : refuse();
}

/**
 * Einstein summation of two operands as one matrix product.
 *
 * @throws {ModelError} for an equation that does not fit
 */
export function einsum(tf: Tf, text: unknown, a: Tensor, b: Tensor): Tensor {
  const [first, second, result] = parseEquation(text, [a.rank, b.rank]);
  const kept = (axes: string, other: string) =>
    [...axes].filter((axis) => result.includes(axis) || other.includes(axis));
  /** Sums over axes that only one operand has, and the result lacks. */
  const reduced = (x: Tensor, axes: string, other: string): [Tensor, string[]] => {
    const left = kept(axes, other);
    const gone = [...axes].flatMap((axis, i) => (left.includes(axis) ? [] : [i]));
    return [gone.length ? tf.sum(x, gone) : x, left];
  };
  const [x, xAxes] = reduced(a, first, second);
  const [y, yAxes] = reduced(b, second, first);
  const sizes = new Map(xAxes.map((axis, i) => [axis, x.shape[i]!] as const));
  for (const [i, axis] of yAxes.entries()) {
    if ((sizes.get(axis) ?? y.shape[i]!) !== y.shape[i]!) {
      throw new ModelError(
        `its equation ${JSON.stringify(text)} does not fit tensors of shape [${a.shape}] and [${b.shape}].`,
      );
    }
    sizes.set(axis, y.shape[i]!);
  }
  const both = xAxes.filter((axis) => yAxes.includes(axis));
  const batch = both.filter((axis) => result.includes(axis));
  const summed = both.filter((axis) => !result.includes(axis));
  const [rows, columns] = [xAxes, yAxes].map((axes) => axes.filter((axis) => !both.includes(axis)));
  const count = (axes: string[]) => axes.reduce((product, axis) => product * sizes.get(axis)!, 1);
  const arranged = (tensor: Tensor, axes: string[], ...order: string[][]) =>
    tf.reshape(
      tf.transpose(
        tensor,
        order.flat().map((axis) => axes.indexOf(axis)),
      ),
      order.map(count),
    );
  const product = tf.matMul(
    arranged(x, xAxes, batch, rows!, summed) as never,
    arranged(y, yAxes, batch, summed, columns!) as never,
  );
  const made = [...batch, ...rows!, ...columns!];
  return tf.transpose(
    tf.reshape(
      product,
      made.map((axis) => sizes.get(axis)!),
    ),
    [...result].map((axis) => made.indexOf(axis)),
  );
}

/** A layer's equation with the shapes of its kernel, bias and output. */
function analyzed(config: Json, input: Shape) {
  const text = String(config['equation']);
  const kernelSpec = /,([a-zA-Z]+)->/.exec(text)?.[1] ?? '';
  const [first, second, result] = parseEquation(text, [input.length, kernelSpec.length]);
  const given = [config['output_shape']].flat() as (number | null)[];
  // The configuration lacks the batch, and the axes of an ellipsis.
  const own = [...result.slice(1)].filter((axis) => !ELIDED.includes(axis));
  const sizes = new Map([...first].map((axis, i) => [axis, input[i]!]));
  for (const [i, axis] of own.entries()) {
    if (!sizes.has(axis)) sizes.set(axis, given[i]!);
  }
  const shape = [...result].map((axis) => sizes.get(axis) ?? null);
  const biased = String(config['bias_axes'] ?? '');
  const from = [...result].findIndex((axis) => biased.includes(axis));
  return {
    kernel: [...second].map((axis) => Number(sizes.get(axis))),
    bias: biased
      ? [...result.slice(from)].map((axis) => (biased.includes(axis) ? Number(sizes.get(axis)) : 1))
      : [],
    shape,
  };
}

/** A dense layer whose equation names the axes of its kernel. */
export const EinsumDense: LayerDefinition = {
  weights(config, [input]) {
    const { kernel, bias } = analyzed(config, input!);
    return [{ name: 'kernel', shape: kernel }, ...(bias.length ? [{ name: 'bias', shape: bias }] : [])];
  },
  shape: (config, [input]) => analyzed(config, input!).shape,
  call([x], { tf, config, weights, dialect }) {
    const product = einsum(tf, config['equation'], x!, weights['kernel']!);
    const y = weights['bias'] ? tf.add(product, weights['bias']) : product;
    return activationOf(config['activation'], String(config['name']), dialect)(tf, y);
  },
};
