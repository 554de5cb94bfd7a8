import type * as tfl from '@tensorflow/tfjs-layers';
import { BackendError, ModelError } from '../../errors';
import { withFace } from '../../face';
import { reserve, withShortcuts } from '../../tensorflow/native';
import { ready, running } from '../../tensorflow/running';
import { withChannelsLast } from '../file/channels-first';
import type { GraphSpec, LayerSpec } from '../file/graph';
import type { Prepared } from '../layers/make';
import type { Model } from '../model';
import { disposeUnused, disposeWhole } from './dispose';
import { keepFile } from './file-of-model';
import { buildModel } from './model';
import { layersWithPaths, type ModelInFile } from './weights';

/**
 * Makes a model from a file, which is read while TensorFlow starts.
 *
 * @param name of the model in errors
 * @param read reads the file
 * @throws {ModelError} when the file or its layers cannot be used
 * @throws {BackendError} when TensorFlow does not start
 */
export async function modelFromFile(
  name: string,
  read: () => ModelInFile | Promise<ModelInFile>,
): Promise<Model> {
  try {
    // The file is opened in its thread while TensorFlow starts in this one.
    const reading = Promise.resolve(read());
    try {
      const [file] = await Promise.all([reading, ready()]);
      return await assemble(file);
    } finally {
      await reading.then((file) => file.close?.());
    }
  } catch (cause) {
    const known = cause instanceof ModelError ? cause : asModelError(cause);
    throw new ModelError(`Cannot load ${name}: ${known.message}`, { cause: known.cause ?? undefined });
  }
}

async function assemble({ graph: inFile, dialect, fill }: ModelInFile): Promise<Model> {
  const { tf, layers } = running();
  const short = withShortcuts(tf());
  const made = new Map<LayerSpec, tfl.layers.Layer>();
  const graph = withChannelsLast(inFile);
  try {
    sayWhatDiffers(inFile, graph !== inFile);
    const model = buildModel(graph, { tf: short, layers: layers(), dialect, made });
    reserve(short, bytesOf(layersWithPaths(graph, made).flatMap(({ layer }) => layer.weights)));
    await fill(short, graph, made);
    const placed = layersWithPaths(graph, made);
    keepFile(model, { graph: inFile, dialect, placed });
    const all = placed.map(({ layer }) => layer);
    for (const layer of all) {
      (layer as Partial<Prepared>).prepare?.();
      if (layer !== (model as unknown)) withFace('layer', layer);
    }
    disposeUnused(model, all);
    disposeWhole(model);
    return withFace('model', model as unknown as Model);
  } catch (error) {
    for (const { layer } of layersWithPaths(graph, made)) {
      for (const weight of layer.weights) weight.dispose();
    }
    throw error;
  }
}

const bytesOf = (weights: readonly tfl.LayerVariable[]) =>
  weights.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce<number>((size, axis) => size * (axis ?? 1), 1),
    0,
  );

/**
 * Turns an error of TensorFlow.js's layers, about a configuration that Keras would not write, into a ModelError.
 *
 * @throws errors that are not the file's fault: TensorFlow is unavailable, the disk cannot be read
 */
function asModelError(cause: unknown): ModelError {
  if (cause instanceof BackendError || !(cause instanceof Error) || 'code' in cause) throw cause;
  if (/call stack/i.test(cause.message)) {
    return new ModelError(
      'too many of its layers stand one after another, or inside each other. Split the model.',
      {
        cause,
      },
    );
  }
  const [words] = cause.message.split('\n');
  return new ModelError(`its layers do not fit together (${words}). Save it again with model.save().`, {
    cause,
  });
}

const said = new Set<string>();

/** The classes of the models that are Python code of their own. */
function customClasses({ className, custom, layers }: GraphSpec): string[] {
  const inside = layers.flatMap(({ inner, stepModel }) =>
    [inner, stepModel?.inner].flatMap((one) => (one ? customClasses(one) : [])),
  );
  return custom ? [className, ...inside] : inside;
}

/** Warns, once per process, about differences from Keras. */
function sayWhatDiffers(graph: GraphSpec, transposed: boolean): void {
  const text = JSON.stringify(graph.layers.map(({ config }) => config['dtype']));
  const notes = [
    /mixed_b?float16|"b?float16"/.test(text) && 'This model uses 16-bit floats; it is computed in float32.',
    ...customClasses(graph).map(
      (name) =>
        `${name} is a model of a class of its own: its layers are loaded, its training code is left out.`,
    ),
    transposed && 'This channels_first model runs as channels_last; its activations have channels last.',
  ];
  for (const note of notes) {
    if (!note || said.has(note)) continue;
    said.add(note);
    console.warn(note);
  }
}
