import type { Activation } from '../maps/activation';

/**
 * Attention rollout (Abnar and Zuidema 2020): each layer's attention, the mean of its heads, mixed half and half with
 * the position itself for the connection around the layer; the product of all layers.
 *
 * @param layers scores [batch, positions, positions, heads], first layer first
 * @param patches rows and columns; by default a square
 * @returns [batch, rows, columns, 1]: the row of the class token where there is one position more than patches, else the
 *   mean over all positions
 * @throws {RangeError} when layers have different numbers of positions, or these are no grid of patches
 */
export function rolledOut(layers: readonly Activation[], patches?: readonly [number, number]): Activation {
  const [batch, count] = layers[0]!.shape as [number, number, number, number];
  for (const { layer, shape } of layers) {
    if (shape[1] === count && shape[2] === count) continue;
    throw new RangeError(
      `Cannot roll the attention out: layer "${layer}" has ${shape[1]} queries and ${shape[2]} keys, the first layer ${count} positions. Choose { layers } of one size.`,
    );
  }
  const [rows, columns, hasToken] = gridOf(count, patches);
  const data = new Float32Array(batch * rows * columns);
  for (let sample = 0; sample < batch; sample++) {
    const product = layers
      .map((layer) => mixed(layer, sample, count))
      .reduce((before, next) => times(next, before, count));
    for (let patch = 0; patch < rows * columns; patch++) {
      const key = patch + (hasToken ? 1 : 0);
      let sum = 0;
      for (let query = 0; query < (hasToken ? 1 : count); query++) sum += product[query * count + key]!;
      data[sample * rows * columns + patch] = hasToken ? sum : sum / count;
    }
  }
  return { layer: 'attention rollout', shape: [batch, rows, columns, 1], data };
}

function gridOf(count: number, patches: readonly [number, number] | undefined): [number, number, boolean] {
  if (patches) {
    const [rows, columns] = patches;
    if (rows * columns === count || rows * columns + 1 === count)
      return [rows, columns, rows * columns < count];
    throw new RangeError(
      `Cannot roll the attention out: ${rows} × ${columns} patches are not the layers' ${count} positions, nor one less. Give { patches: [rows, columns] }.`,
    );
  }
  for (const hasToken of [false, true]) {
    const side = Math.sqrt(count - (hasToken ? 1 : 0));
    if (Number.isInteger(side)) return [side, side, hasToken];
  }
  throw new RangeError(
    `Cannot roll the attention out: ${count} positions are no square of patches. Give { patches: [rows, columns] }.`,
  );
}

/** The mean of the heads, half of it replaced by the position itself. */
function mixed({ shape, data }: Activation, sample: number, count: number): Float64Array {
  const heads = shape[3]!;
  return Float64Array.from({ length: count * count }, (_, i) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += data[(sample * count * count + i) * heads + head]!;
    return sum / heads / 2 + (i % (count + 1) === 0 ? 0.5 : 0);
  });
}

/** The product of two square matrices. */
function times(a: Float64Array, b: Float64Array, count: number): Float64Array {
  const product = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < count; k++) {
      const share = a[i * count + k]!;
      for (let j = 0; j < count; j++) product[i * count + j]! += share * b[k * count + j]!;
    }
  }
  return product;
}
