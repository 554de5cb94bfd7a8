import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Json, LayerSpec } from '../file/graph';
import { activationOf } from '../layers/activation-functions';
import { isActivationLayer } from '../layers/activation-layers';
import { allowAnyName } from '../layers/any-name';
import { callArguments } from '../layers/call-arguments';
import { checkConfig } from '../layers/check-config';
import { customLayer } from '../layers/custom';
import { camelCased } from '../layers/custom-inside';
import { makeLayer } from '../layers/make';
import { cellsOf } from '../layers/recurrent-cells';
import { DEFINITIONS } from '../layers/registry';
import { isOperation, operationFor } from '../operations/operation';
import type { BuildContext } from './context';

/**
 * Makes the layer of a configuration. Its weights have shapes, but no memory yet.
 *
 * @throws {ModelError} naming the layer, when its class is Python code or unknown
 */
export function createLayer(spec: LayerSpec, context: BuildContext): tfl.layers.Layer {
  const layer = instantiate(spec, context);
  deferWeights(layer, context);
  return layer;
}

function instantiate(spec: LayerSpec, context: BuildContext): tfl.layers.Layer {
  const { tf, layers, dialect } = context;
  const { className, name, config } = spec;
  const own = customLayer(className, config['registered_name'], name);
  if (own) {
    // A get_config of one's own may leave out the name.
    const layer = new own(camelCased({ ...config, name })) as tfl.layers.Layer;
    layer.name = name;
    allowAnyName(layer);
    return layer;
  }
  // Checked here, so that an unknown activation is refused before anything runs.
  for (const settings of [config, ...insides(config)]) {
    for (const value of [settings['activation'], settings['recurrent_activation']]) {
      if (value && !isActivationLayer(value)) activationOf(value, name, dialect);
    }
  }
  if (className === 'Lambda') {
    throw new ModelError(
      `layer "${name}" is a Lambda: Python code, which is never run from a file. Write it in TypeScript, and give it with registerLayer('Lambda', LayerClass, { layer: ${JSON.stringify(name)} }).`,
    );
  }
  // A few classes of keras.applications count as Keras's own.
  const foreign =
    typeof config['registered_name'] === 'string' && !/^(tf_)?keras(\.src)?\./.test(spec.module);
  if (foreign) {
    throw refusal(spec, 'a class of your own');
  }
  if (isOperation(spec)) {
    return makeLayer(tf, layers, className, operationFor(spec), { ...config, name }, dialect);
  }
  if (Object.hasOwn(DEFINITIONS, className)) {
    checkConfig(name, className, config);
    const definition = DEFINITIONS[className]!;
    const given = callArguments(spec, definition, context);
    return makeLayer(tf, layers, className, definition, { ...config, name }, dialect, given);
  }
  throw refusal(spec, 'a class that convlens does not know');
}

/** The configurations of the layers and cells inside a layer. */
function insides({ layer, backward_layer, cell }: Json): Json[] {
  const parts = [layer, backward_layer, ...cellsOf({ cell })];
  return parts.flatMap((part) => (isObject(part) && isObject(part['config']) ? [part['config']] : []));
}

function refusal({ name, className: given }: LayerSpec, why: string): ModelError {
  const className = given.slice(given.lastIndexOf('>') + 1);
  return new ModelError(
    `layer "${name}" is a ${className}, ${why}. Register it with registerLayer('${className}', LayerClass) and load again.`,
  );
}

/**
 * Until a weight is read from the file, it has a shape and shares four bytes. TensorFlow.js would initialise all of it
 * with random numbers.
 */
function deferWeights(layer: tfl.layers.Layer, { tf }: BuildContext): void {
  const target = layer as unknown as { addWeight(...args: unknown[]): tfl.LayerVariable };
  const add = target.addWeight.bind(layer);
  target.addWeight = ((name: string, shape: number[], dtype: 'float32') => {
    const scalar = tf.scalar(0);
    let made: tfc.Tensor | undefined;
    const empty = {
      apply() {
        const engine = tf.engine();
        // Two tensors use the data, and the engine counts only the first.
        engine.backend.incRef(scalar.dataId);
        made = engine.makeTensorFromDataId(scalar.dataId, shape, dtype ?? 'float32');
        return made;
      },
    };
    try {
      return add(name, shape, dtype, empty, null, true, null);
    } catch (error) {
      made?.dispose();
      throw error;
    } finally {
      scalar.dispose();
    }
  }) as typeof add;
}
