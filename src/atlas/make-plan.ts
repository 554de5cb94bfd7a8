import type { LayerChoice, Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import { chooseLayers } from '../keras/run/choose-layers';
import { stepsOf } from '../keras/run/plan';
import { preprocessOfModel } from '../keras/run/preprocess-of-model';
import { eachOutput } from '../keras/run/run';
import { CHANNELS, type ColorMode } from '../pictures/pixels';
import type { Preprocess } from '../pictures/preprocess';
import type { Interpolation } from '../pictures/resample';
import { modeOf } from '../pictures/to-tensor';
import { ready, tf as tensorflow } from '../tensorflow/running';
import type { AtlasPlan, PlannedClasses, PlannedLayer } from './plan';

/** What a user chooses of a plan. */
export interface PlanOptions {
  layers?: LayerChoice | readonly LayerChoice[];
  top: number;
  batch?: number | undefined;
  shardSize: number;
  preprocess?: Preprocess;
  interpolation: Interpolation;
  size?: readonly [height: number, width: number];
}

const WHAT = 'make an atlas';

/**
 * @param pictures the names of all pictures
 * @throws {RangeError} when the model takes no picture, or a layer or way to preprocess does not exist
 */
export async function makePlan(
  model: Model,
  fingerprint: string,
  pictures: readonly string[],
  classes: PlannedClasses | undefined,
  options: PlanOptions,
): Promise<AtlasPlan> {
  checkModel(WHAT, model);
  await ready();
  const { size, colorMode } = inputOf(model, options.size);
  const layers = probe(model, size, colorMode, options.layers);
  const { preprocess, top, batch = batchFor(layers), shardSize, interpolation } = options;
  return {
    format: 1,
    model: model.name,
    fingerprint,
    layers,
    size,
    colorMode,
    interpolation,
    preprocess: preprocess === undefined ? preprocessOfModel(model).mode : modeOf(preprocess),
    top,
    batch,
    shardSize,
    pictures,
    ...(classes && { classes }),
  };
}

function inputOf(model: Model, size: PlanOptions['size']) {
  const [input, ...more] = model.inputs;
  const shape = input?.shape ?? [];
  const colorMode = (Object.keys(CHANNELS) as ColorMode[]).find((mode) => CHANNELS[mode] === shape[3]);
  if (more.length || shape.length !== 4 || (shape[3] != null && !colorMode)) {
    throw new RangeError(
      `Cannot ${WHAT}: the model does not take one picture (its inputs: ${model.inputs.map(({ name, shape }) => `${name} [${shape.map((n) => n ?? 'any').join(', ')}]`).join('; ')}). Use a model with one input of 1, 3 or 4 channels.`,
    );
  }
  const [height, width] = [shape[1] ?? size?.[0], shape[2] ?? size?.[1]];
  if (!height || !width) {
    throw new RangeError(
      `Cannot ${WHAT}: the model takes pictures of any size. Give one with { size: [height, width] }.`,
    );
  }
  if (size && (size[0] !== height || size[1] !== width)) {
    throw new RangeError(`Cannot ${WHAT}: the model takes pictures of ${height} × ${width}. Leave size out.`);
  }
  return { size: [height, width] as const, colorMode: colorMode ?? 'rgb' };
}

/** The largest batch that is chosen, and the most bytes of maps that its pictures may have together. */
const MOST = { pictures: 8, bytes: 64e6 };

/**
 * A batch spares small networks what each call costs. Where the maps of one picture are large it spares little, and
 * processes that run side by side then take the caches from each other: two did the pictures of MobileNetV2 1.7 times
 * as fast as one with single pictures, and 1.5 times with batches of 8 (medians of six runs and of four).
 */
export function batchFor(layers: readonly Pick<PlannedLayer, 'height' | 'width' | 'channels'>[]): number {
  const values = layers.reduce((sum, { height, width, channels }) => sum + height * width * channels, 0);
  return Math.max(1, Math.min(MOST.pictures, Math.floor(MOST.bytes / (4 * values))));
}

/** The layers with the sizes of their outputs, which a black picture tells. */
function probe(
  model: Model,
  [height, width]: readonly [number, number],
  colorMode: ColorMode,
  layers: PlanOptions['layers'],
): PlannedLayer[] {
  const tf = tensorflow();
  const chosen = chooseLayers(model, stepsOf(model as never), layers, undefined, WHAT);
  const steps = [...new Map(chosen.map((step) => [step.path, step])).values()];
  const shapes = new Map<string, readonly number[]>();
  const black = tf.zeros([1, height, width, CHANNELS[colorMode]]);
  try {
    eachOutput(tf, model as never, [black], steps, (path, { shape }) => void shapes.set(path, shape));
  } finally {
    black.dispose();
  }
  return steps.map(({ path, name, layer }) => {
    const inner = shapes.get(path)!.slice(1);
    const channels = inner.at(-1) ?? 1;
    const places = inner.slice(0, -1);
    const positions = places.reduce((product, n) => product * n, 1);
    const [rows, columns] = places.length === 2 ? places : [1, positions];
    return {
      path,
      name,
      type: layer.getClassName(),
      height: rows!,
      width: columns!,
      channels,
    };
  });
}
