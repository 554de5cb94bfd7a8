import { ModelError } from '../../errors';
import { fileOfModel } from '../../keras/build/file-of-model';
import { customActivation, customLayer } from '../../keras/layers/custom';
import { graphText } from './graph-text';
import { toHalf } from './half';
import type { PackedModel } from './packed-model';

/** A weight's variable, which TensorFlow.js does not declare. */
interface Weight {
  read(): { dataSync(): Float32Array };
  val: { isDisposed: boolean };
}

/**
 * A loaded model as plain data, with its present weights.
 *
 * @param what the call that fails, as an error says it
 * @param bits of each weight's number
 * @throws {TypeError} when it is not what `loadModel` returns
 * @throws {ModelError} when a layer is a class, or has an activation, that `registerLayer` or `registerActivation` brought
 */
export function packModel(model: object, what: string, bits: 32 | 16 = 32): PackedModel {
  const file = fileOfModel(model);
  if (!file) throw new TypeError(`Cannot ${what}: the model is not one of loadModel. Pass what it returns.`);
  const { graph, dialect, placed } = file;
  for (const { path, spec } of placed) {
    const { className, config, name } = spec;
    const activation = config['activation'];
    const own = customLayer(className, config['registered_name'], name)
      ? `is a ${className}, registered by registerLayer`
      : typeof activation === 'string' && customActivation(activation)
        ? `has the activation ${activation}, registered by registerActivation`
        : '';
    if (!own) continue;
    throw new ModelError(
      `Cannot ${what}: layer "${path}" ${own}: your own code, which no page carries. Save the figure without { live: true }.`,
    );
  }
  const weights = placed.flatMap(({ layer }) => layer.weights as unknown as Weight[]);
  const values = weights.map((weight) =>
    weight.val.isDisposed ? new Float32Array() : weight.read().dataSync(),
  );
  const sizes = values.map(({ length }) => length);
  const all = bits === 32 ? new Float32Array(sum(sizes)) : new Uint16Array(sum(sizes));
  let at = 0;
  for (const part of values) {
    if (bits === 32) all.set(part, at);
    else for (let i = 0; i < part.length; i++) all[at + i] = toHalf(part[i]!);
    at += part.length;
  }
  return { graph: graphText(graph), dialect, sizes, weights: new Uint8Array(all.buffer), bits };
}

const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
