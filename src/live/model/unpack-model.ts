import { ModelError } from '../../errors';
import { modelFromFile } from '../../keras/build/assemble';
import { layersWithPaths, writeWeight } from '../../keras/build/weights';
import type { Model } from '../../keras/model';
import { parseGraph } from './graph-text';
import { fromHalf } from './half';
import type { PackedModel } from './packed-model';

/**
 * Makes the model that a page carries. Nothing in it is executed.
 *
 * @param name of the model in errors
 * @throws {ModelError} when its layers or its weights do not fit together
 */
export function unpackModel(
  name: string,
  { graph, dialect, sizes, weights, bits }: PackedModel,
): Promise<Model> {
  const count = sizes.reduce((total, size) => total + size, 0);
  if (weights.byteLength !== (count * bits) / 8) {
    throw new ModelError(`Cannot load ${name}: its weights do not have the size that its page says.`);
  }
  // A copy, since numbers of four bytes must begin at a multiple of four.
  const { buffer } = weights.slice();
  const stored = bits === 32 ? new Float32Array(buffer) : new Uint16Array(buffer);
  return modelFromFile(name, () => ({
    graph: parseGraph(graph),
    dialect,
    async fill(tf, built, made) {
      const variables = layersWithPaths(built, made).flatMap(({ layer }) => layer.weights);
      if (variables.length !== sizes.length) throw new ModelError('its weights are not those of its layers.');
      let at = 0;
      for (const [i, weight] of variables.entries()) {
        const size = sizes[i]!;
        if (!size) continue;
        const part = stored.subarray(at, at + size);
        const values = part instanceof Float32Array ? part : Float32Array.from(part, fromHalf);
        writeWeight(tf, weight, tf.tensor(values, weight.shape as number[], 'float32'));
        at += size;
      }
    },
  }));
}
