/**
 * Recurrent layers, number by number. A step of an LSTM is fifteen operations of TensorFlow.js, each of which costs
 * about 10 µs of overhead; the arithmetic of a small layer takes less than 1 µs. Twelve thousand steps of four units
 * take 10 ms instead of 1.9 s on wasm.
 *
 * Gradients need the operations, and large layers are faster with them: see recurrent.ts. Since a loop reads values, its
 * model cannot run as a graph (session.ts).
 */

import { takesGradient } from '../../tensorflow/native';
import type { Tensor } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { scalarActivationOf } from './activation-functions';
import { type Context, maskOf } from './definition';

/** Products per time step above which the operations are faster: measured on wasm and native, from 4 units on. */
const MOST_PRODUCTS = 1 << 15;

/** The weights of a cell. */
export interface LoopParts {
  config: Json;
  units: number;
  /** The recurrent kernel, `[units, width]`. */
  kernel: Float32Array;
  /** Width of the kernel's output: the units of each gate in turn. */
  width: number;
  /** The bias of the recurrent kernel; zeros if there is none. */
  recurrentBias: Float32Array;
  activation: (x: number) => number;
  gate: (x: number) => number;
}

/** One time step, in place: `x` is the kernel's output; `states`, output first, become the next states. */
export type LoopStep = (x: Float32Array, states: Float32Array[]) => void;

/** Adds the product of a state and columns `from` to `to` of the recurrent kernel to `sums`. */
function addProduct(
  { units, kernel, width }: LoopParts,
  h: Float32Array,
  sums: Float32Array,
  from = 0,
  to = width,
): void {
  for (let unit = 0; unit < units; unit++) {
    const state = h[unit]!;
    const row = unit * width;
    for (let i = from; i < to; i++) sums[i]! += state * kernel[row + i]!;
  }
}

export function simpleLoop(parts: LoopParts): LoopStep {
  return (x, [h]) => {
    addProduct(parts, h!, x);
    for (let unit = 0; unit < parts.units; unit++) h![unit] = parts.activation(x[unit]!);
  };
}

export function lstmLoop(parts: LoopParts): LoopStep {
  const { units, activation, gate } = parts;
  return (x, [h, c]) => {
    addProduct(parts, h!, x);
    for (let unit = 0; unit < units; unit++) {
      const [input, forget] = [gate(x[unit]!), gate(x[units + unit]!)];
      c![unit] = forget * c![unit]! + input * activation(x[2 * units + unit]!);
      h![unit] = gate(x[3 * units + unit]!) * activation(c![unit]!);
    }
  };
}

export function gruLoop(parts: LoopParts): LoopStep {
  const { config, units, width, activation, gate, recurrentBias } = parts;
  const sums = new Float32Array(width);
  const after = config['reset_after'] !== false;
  const reset = new Float32Array(units);
  return (x, [h]) => {
    sums.set(recurrentBias);
    addProduct(parts, h!, sums, 0, after ? width : 2 * units);
    for (let unit = 0; unit < units; unit++) reset[unit] = gate(x[units + unit]! + sums[units + unit]!);
    if (!after) {
      for (let unit = 0; unit < units; unit++) reset[unit]! *= h![unit]!;
      addProduct(parts, reset, sums, 2 * units, width);
    }
    for (let unit = 0; unit < units; unit++) {
      const update = gate(x[unit]! + sums[unit]!);
      const inner = sums[2 * units + unit]! * (after ? reset[unit]! : 1);
      h![unit] = update * h![unit]! + (1 - update) * activation(x[2 * units + unit]! + inner);
    }
  };
}

/**
 * @param inputs `[batch, time, width]`: the kernel's output for each step
 * @param before the initial states, `[batch, units]` each, output first
 * @returns the layer's output and its last states; undefined when the operations must compute them
 */
export function runLoop(
  context: Context,
  inputs: Tensor,
  before: Tensor[],
  cell: (parts: LoopParts) => LoopStep,
): Tensor[] | undefined {
  const { tf, config, weights, dialect } = context;
  const { activation, gate } = activationsOf(config);
  const [act, open] = [scalarActivationOf(activation, dialect), scalarActivationOf(gate, dialect)];
  const recurrent = weights['recurrent_kernel']!;
  const [batch, time, width] = inputs.shape as [number, number, number];
  const isLarge = batch * recurrent.size > MOST_PRODUCTS;
  if (!act || !open || isLarge || takesGradient(tf)) return undefined;
  const units = recurrent.shape[0]!;
  const bias = weights['bias'];
  const step = cell({
    config,
    units,
    kernel: recurrent.dataSync() as Float32Array,
    width,
    recurrentBias:
      bias?.rank === 2 ? (bias.dataSync() as Float32Array).subarray(width) : new Float32Array(width),
    activation: act,
    gate: open,
  });
  const rows = inputs.dataSync() as Float32Array;
  const takes = maskOf(context, inputs)?.dataSync();
  const first = before.map((state) => state.dataSync() as Float32Array);
  const all = config['return_sequences'] === true;
  const outputs = new Float32Array(batch * (all ? time : 1) * units);
  const ends = first.map(() => new Float32Array(batch * units));
  for (let sample = 0; sample < batch; sample++) {
    const kept = first.map((states) => states.slice(sample * units, (sample + 1) * units));
    let last = new Float32Array(units);
    for (let i = 0; i < time; i++) {
      const at = sample * time + (config['go_backwards'] ? time - 1 - i : i);
      const taken = takes?.[at] !== 0;
      if (taken) step(rows.subarray(at * width, (at + 1) * width), kept);
      // Before the first unmasked step the output is zero, whatever the states are.
      if (taken) last = kept[0]!;
      if (!all && i < time - 1) continue;
      const shown = taken || !config['zero_output_for_mask'];
      if (shown) outputs.set(last, (all ? sample * time + i : sample) * units);
    }
    for (const [i, state] of kept.entries()) ends[i]!.set(state, sample * units);
  }
  const output = tf.tensor(outputs, [batch, ...(all ? [time] : []), units]);
  return [output, ...ends.map((state) => tf.tensor(state, [batch, units]))];
}

/** The configured activations of a recurrent layer, or Keras's defaults. */
export function activationsOf(config: Json): { activation: unknown; gate: unknown } {
  const named = (key: string, fallback: string) => (config[key] === undefined ? fallback : config[key]);
  return {
    activation: named('activation', 'tanh'),
    gate: named('recurrent_activation', 'sigmoid'),
  };
}
