import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { shapesText, shapeText } from '../model';
import { activationOf } from './activation-functions';
import { OF_SEQUENCES } from './call-arguments';
import { channelsOf, outputLength, windowOf } from './conv';
import { type Context, isChannelsFirst, type LayerDefinition, maskOf, perAxis } from './definition';
import {
  activationsOf,
  gruLoop,
  type LoopParts,
  type LoopStep,
  lstmLoop,
  runLoop,
  simpleLoop,
} from './recurrent-loop';

/** Computes the next states, output first, from the kernel's output and the previous states. */
type Step = (input: Tensor, states: Tensor[]) => Tensor[];

/**
 * Runs a step function over the time axis, the second one. A masked step keeps the states and repeats the previous
 * output; the output is zero before the first unmasked step, and with `zero_output_for_mask`.
 *
 * @param inputs the kernel's output for each step
 * @returns the last output, or all of them with `return_sequences`; then the last states
 */
function overTime(context: Context, inputs: Tensor, states: Tensor[], step: Step): Tensor[] {
  const { tf, config } = context;
  const mask = maskOf(context, inputs);
  const ordered = (x: Tensor) => tf.unstack(config['go_backwards'] ? tf.reverse(x, 1) : x, 1);
  const takes = mask && ordered(tf.cast(mask, 'float32'));
  const outputs: Tensor[] = [];
  for (const [i, input] of ordered(inputs).entries()) {
    const before = states;
    // Each step frees its intermediate tensors: there may be thousands of steps.
    states = tf.tidy(() => {
      const next = step(input, before);
      const taken = takes?.[i];
      return taken ? next.map((state, n) => choose(tf, taken, state, before[n]!)) : next;
    });
    const output = states[0]!;
    const last = config['zero_output_for_mask'] ? undefined : outputs[i - 1];
    outputs.push(takes ? choose(tf, takes[i]!, output, last ?? tf.zerosLike(output)) : output);
  }
  return [config['return_sequences'] ? tf.stack(outputs, 1) : outputs[outputs.length - 1]!, ...states];
}

/** For each sample the new state where `taken` is 1, else the old one. */
function choose(tf: Tf, taken: Tensor, state: Tensor, old: Tensor): Tensor {
  const weight = tf.reshape(taken, [-1, ...state.shape.slice(1).map(() => 1)]);
  return tf.add(tf.mul(state, weight), tf.mul(old, tf.sub(1, weight)));
}

/**
 * The initial states: Keras 3 passes them as an argument, Keras 2 as additional inputs.
 *
 * @returns zeros if none are given
 */
function firstStates(
  inputs: Tensor[],
  { tf, config, others }: Context,
  count: number,
  shape: number[],
): Tensor[] {
  const given = others['initial_state'] ?? inputs.slice(1);
  if (!given.length) return Array.from({ length: count }, () => tf.zeros(shape));
  const fits = (state: Tensor) => state.shape.join() === shape.join();
  if (given.length === count && given.every(fits)) return given;
  throw new ModelError(
    `layer "${config['name']}" starts with states of shape ${shapesText(given.map((state) => state.shape))}, and has ${count} of shape ${shapeText(shape)}.`,
  );
}

/** What a cell's step function needs. */
interface CellParts {
  tf: Tf;
  activation: (x: Tensor) => Tensor;
  gate: (x: Tensor) => Tensor;
  /** The product of a state and the recurrent kernel. */
  recur: (h: Tensor) => Tensor;
}

const parts = (tf: Tf, x: Tensor, count: number) => tf.split(x, count, x.rank - 1);

const simpleStep =
  ({ tf, activation, recur }: CellParts): Step =>
  (x, [h]) => [activation(tf.add(x, recur(h!)))];

const lstmStep =
  ({ tf, activation, gate, recur }: CellParts): Step =>
  (x, [h, c]) => {
    const [input, forget, cell, output] = parts(tf, tf.add(x, recur(h!)), 4) as Tensor[];
    const next = tf.add(tf.mul(gate(forget!), c!), tf.mul(gate(input!), activation(cell!)));
    return [tf.mul(gate(output!), activation(next)), next];
  };

function cellParts({ tf, config, dialect }: Context, recur: CellParts['recur']): CellParts {
  const known = (value: unknown) => {
    const run = activationOf(value, String(config['name']), dialect);
    return (x: Tensor) => run(tf, x);
  };
  const { activation, gate } = activationsOf(config);
  return { tf, recur, activation: known(activation), gate: known(gate) };
}

/** Recurrent layers over a sequence of vectors, `[batch, time, features]`. */
function recurrent(
  gates: number,
  states: number,
  loop: (parts: LoopParts) => LoopStep,
  run: (context: Context, parts: CellParts) => Step,
): LayerDefinition {
  return ofSequences({
    takes: OF_SEQUENCES,
    weights(config, [input]) {
      const units = Number(config['units']);
      const bias = gates === 3 && config['reset_after'] !== false ? [2, 3 * units] : [gates * units];
      return [
        { name: 'kernel', shape: [input![2] as number, gates * units] },
        { name: 'recurrent_kernel', shape: [units, gates * units] },
        ...(config['use_bias'] === false ? [] : [{ name: 'bias', shape: bias }]),
      ];
    },
    shape: (config, [input]) => [
      input![0]!,
      ...(config['return_sequences'] ? [input![1]!] : []),
      Number(config['units']),
    ],
    stateShapes: (config, [input]) =>
      Array.from({ length: states }, () => [input![0]!, Number(config['units'])]),
    withStates(given, context) {
      const { tf, config, weights } = context;
      const [x] = given;
      const [batch, time, features] = x!.shape as [number, number, number];
      const flat = tf.matMul(tf.reshape(x!, [batch * time, features]), weights['kernel'] as never);
      const bias = weights['bias'];
      const first = bias && (bias.rank === 2 ? tf.slice(bias, [0, 0], [1, -1]) : bias);
      const inputs = tf.reshape(first ? tf.add(flat, first) : flat, [batch, time, -1]);
      const before = firstStates(given, context, states, [batch, Number(config['units'])]);
      const looped = runLoop(context, inputs, before, loop);
      if (looped) return looped;
      const cell = cellParts(context, (h) => tf.matMul(h as never, weights['recurrent_kernel'] as never));
      return overTime(context, inputs, before, run(context, cell));
    },
  });
}

/** A layer whose output is the first of what it computes. */
function ofSequences(
  definition: Omit<LayerDefinition, 'call'> & Required<Pick<LayerDefinition, 'withStates'>>,
) {
  return {
    ...definition,
    call: (inputs: Tensor[], context: Context) => definition.withStates(inputs, context)[0]!,
  };
}

export const SimpleRNN = recurrent(1, 1, simpleLoop, (_, cell) => simpleStep(cell));
export const LSTM = recurrent(4, 2, lstmLoop, (_, cell) => lstmStep(cell));

/** With `reset_after`, as since Keras 2.3, the reset gate is applied after the recurrent kernel, otherwise before. */
export const GRU = recurrent(3, 1, gruLoop, ({ tf, config, weights }, { activation, gate, recur }) => {
  const units = Number(config['units']);
  const kernel = weights['recurrent_kernel']!;
  const bias = weights['bias'];
  const second = bias?.rank === 2 ? tf.slice(bias, [1, 0], [1, -1]) : undefined;
  const after = config['reset_after'] !== false;
  const mix = (h: Tensor, update: Tensor, fresh: Tensor) =>
    tf.add(tf.mul(update, h), tf.mul(tf.sub(1, update), fresh));
  return (x, [h]) => {
    const [xz, xr, xh] = parts(tf, x, 3) as [Tensor, Tensor, Tensor];
    if (after) {
      const inner = second ? tf.add(recur(h!), second) : recur(h!);
      const [hz, hr, hh] = parts(tf, inner, 3) as [Tensor, Tensor, Tensor];
      const reset = gate(tf.add(xr, hr));
      return [mix(h!, gate(tf.add(xz, hz)), activation(tf.add(xh, tf.mul(reset, hh))))];
    }
    const gates = tf.matMul(h as never, tf.slice(kernel, [0, 0], [-1, 2 * units]) as never);
    const [hz, hr] = parts(tf, gates as Tensor, 2) as [Tensor, Tensor];
    const reset = tf.mul(gate(tf.add(xr, hr)), h!);
    const hh = tf.matMul(reset as never, tf.slice(kernel, [0, 2 * units], [-1, units]) as never);
    return [mix(h!, gate(tf.add(xz, hz)), activation(tf.add(xh, hh)))];
  };
});

/** An LSTM whose products are convolutions, over a sequence of maps `[batch, time, height, width, channels]`. */
export const ConvLSTM2D: LayerDefinition = ofSequences({
  takes: OF_SEQUENCES,
  weights(config, [input]) {
    const filters = Number(config['filters']);
    const size = perAxis(config['kernel_size'], 2);
    const channels = isChannelsFirst(config) ? (input![2] as number) : channelsOf(config, input!);
    return [
      { name: 'kernel', shape: [...size, channels, 4 * filters] },
      { name: 'recurrent_kernel', shape: [...size, filters, 4 * filters] },
      ...(config['use_bias'] === false ? [] : [{ name: 'bias', shape: [4 * filters] }]),
    ];
  },
  shape(config, [input]) {
    refuseChannelsFirst(config);
    const { kernel, strides, dilation, padding } = windowOf(config, 2);
    const sizes = [0, 1].map((i) =>
      outputLength(input![i + 2]!, kernel[i]!, strides[i]!, dilation[i]!, padding),
    );
    return [
      input![0]!,
      ...(config['return_sequences'] ? [input![1]!] : []),
      ...sizes,
      Number(config['filters']),
    ];
  },
  stateShapes(config, [input], dialect) {
    const shape = ConvLSTM2D.shape!({ ...config, return_sequences: false }, [input!], dialect);
    return [shape, shape];
  },
  withStates(given, context) {
    const { tf, config, weights } = context;
    const [x] = given;
    const { strides, dilation, padding } = windowOf(config, 2);
    const [batch, time, ...map] = x!.shape as [number, number, number, number, number];
    const flat = tf.conv2d(
      tf.reshape(x!, [batch * time, ...map]) as never,
      weights['kernel'] as never,
      strides as [number, number],
      padding as 'same',
      'NHWC',
      dilation as [number, number],
    ) as Tensor;
    const sum = weights['bias'] ? tf.add(flat, weights['bias']) : flat;
    const inputs = tf.reshape(sum, [batch, time, ...sum.shape.slice(1)]);
    const recur = (h: Tensor) =>
      tf.conv2d(h as never, weights['recurrent_kernel'] as never, 1, 'same') as Tensor;
    const before = firstStates(given, context, 2, [
      batch,
      ...sum.shape.slice(1, 3),
      Number(config['filters']),
    ]);
    return overTime(context, inputs, before, lstmStep(cellParts(context, recur)));
  },
});

function refuseChannelsFirst(config: Json): void {
  if (isChannelsFirst(config)) {
    throw new ModelError(
      `layer "${config['name']}" is a channels_first ConvLSTM2D, which is not supported. Save it with channels_last.`,
    );
  }
}
