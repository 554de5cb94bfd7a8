import { PictureError } from '../errors';
import type { Model } from '../keras/model';
import { finalActivationOf } from '../keras/run/final-activation';
import { flatPlanOf } from '../keras/run/flat-plan';
import { planOf, type Step, stepsOf } from '../keras/run/plan';
import { eachOutput } from '../keras/run/run';
import type { SkippedPicture } from '../maps/atlas';
import { CHANNELS, type Picture } from '../pictures/pixels';
import { fillValues } from '../pictures/to-tensor';
import { type Backend, ready } from '../tensorflow/backend';
import { tf as tensorflow } from '../tensorflow/running';
import type { Tensor } from '../tensorflow/types';
import { collectingAtOnce } from './collect-at-once';
import { emptyTotals } from './layer-totals';
import { type AtlasPlan, picturesOf } from './plan';
import { Reducer } from './reductions/reducer';
import type { Maxima, Shard } from './shard';

/** Reads a picture of the set at the plan's size. @throws {PictureError} when it cannot be read */
export type ReadPicture = (index: number) => Promise<Picture>;

interface ShardOptions {
  /** Called with how many pictures are done, after each batch. */
  readonly onPictures?: (count: number) => void;
  /** Ends it after the batch. */
  readonly signal?: AbortSignal;
}

interface ShardOutcome {
  readonly result: Shard;
  readonly maxima: Maxima[];
}

/** Runs the model on the pictures of one shard, layer by layer, and counts. */
export async function runShard(
  model: Model,
  plan: AtlasPlan,
  shard: number,
  read: ReadPicture,
  options: ShardOptions = {},
): Promise<ShardOutcome> {
  const { name } = await ready();
  return collectingAtOnce(() => reduceShard(model, plan, shard, read, name, options));
}

async function reduceShard(
  model: Model,
  plan: AtlasPlan,
  shard: number,
  read: ReadPicture,
  backend: Backend['name'],
  { onPictures, signal }: ShardOptions,
): Promise<ShardOutcome> {
  const tf = tensorflow();
  const [from, to] = picturesOf(plan, shard);
  const wanted = stepsFor(model, plan);
  const layerOf = new Map(plan.layers.map(({ path }, i) => [path, i]));
  const totals = plan.layers.map(({ channels }) => emptyTotals({ channels, top: plan.top }));
  const maxima = plan.layers.map(({ channels }) => new Float32Array((to - from) * channels).fill(Number.NaN));
  const reducer = new Reducer(totals);
  const skipped: SkippedPicture[] = [];
  const answer = plan.classes && answering(model);
  const answers = new Int32Array(answer ? to - from : 0).fill(-1);
  let classes = 0;

  const load = (start: number) =>
    Promise.all(
      Array.from({ length: Math.min(plan.batch, to - start) }, async (_, i) => {
        const index = start + i;
        try {
          return { index, picture: await read(index) };
        } catch (error) {
          if (!(error instanceof PictureError)) throw error;
          return { index, reason: reasonOf(error) };
        }
      }),
    );

  const loading: ReturnType<typeof load>[] = [];
  const loadAhead = (start: number) => {
    if (start >= to) return;
    const some = load(start);
    // A failure is thrown when it is awaited.
    some.catch(() => {});
    loading.push(some);
  };
  loadAhead(from);
  loadAhead(from + plan.batch);
  for (let start = from; start < to; start += plan.batch) {
    const loaded = await loading.shift()!;
    signal?.throwIfAborted();
    // Two batches ahead: one is read between two batches, and decoded while the next one runs.
    loadAhead(start + 2 * plan.batch);
    for (const one of loaded)
      if (one.reason !== undefined) skipped.push({ picture: one.index, reason: one.reason });
    const good = loaded.flatMap(({ index, picture }) => (picture ? [{ index, picture }] : []));
    if (good.length) {
      const input = batchTensor(
        plan,
        good.map(({ picture }) => picture),
      );
      try {
        eachOutput(tf, model as never, [input], wanted, (path, tensor) => {
          const layer = layerOf.get(path);
          if (answer?.path === path) classes = answer.classes(tensor.shape);
          let sample = 0;
          for (const values of samplesOf(tensor, backend)) {
            const { index } = good[sample++]!;
            if (answer?.path === path) answers[index - from] = classes ? answer.of(values) : -1;
            if (layer === undefined) continue;
            const { channels } = plan.layers[layer]!;
            const row = maxima[layer]!.subarray((index - from) * channels, (index - from + 1) * channels);
            reducer.add(layer, { values, positions: values.length / channels, picture: index }, row);
          }
        });
      } finally {
        input.dispose();
      }
    }
    onPictures?.(loaded.length);
    // Lets messages and interrupts through.
    await new Promise((resolve) => setTimeout(resolve));
  }
  reducer.finish();
  return { result: { totals, skipped, answers, classes }, maxima };
}

/** The steps of the planned layers, and the last one where the model's answer counts. */
function stepsFor(model: Model, plan: AtlasPlan): Step[] {
  const paths = new Set(plan.layers.map(({ path }) => path));
  if (plan.classes) paths.add(answering(model).path);
  return stepsOf(model as never).filter(({ path }) => paths.has(path));
}

/** How the model's first output answers. */
function answering(model: Model) {
  const { steps, outputs } = planOf(model as never);
  const { path } = steps.find(({ makes }) => makes.includes(outputs[0]!))!;
  const flat = flatPlanOf(model as never);
  const isSigmoid = finalActivationOf(flat, flat.outputs[0]!)?.activation === 'sigmoid';
  return {
    path,
    /** How many classes an output of a shape has; 0 if it is no list of classes. */
    classes(shape: readonly number[]): number {
      if (shape.length < 2 || shape.slice(1, -1).some((size) => size !== 1)) return 0;
      const units = shape.at(-1)!;
      if (units === 1) return isSigmoid ? 2 : 0;
      return units;
    },
    of(scores: Float32Array): number {
      if (scores.length === 1) return scores[0]! > 0.5 ? 1 : 0;
      let best = 0;
      for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
      return best;
    },
  };
}

/** Reads the values of each sample. From native TensorFlow, a sample at a time stays in the processor's caches. */
function* samplesOf(tensor: Tensor, backend: Backend['name']): Generator<Float32Array> {
  const [samples, ...shape] = tensor.shape as [number, ...number[]];
  if (samples === 1 || backend !== 'native') {
    const values = tensor.dataSync() as Float32Array;
    const size = values.length / samples;
    for (let i = 0; i < samples; i++) yield values.subarray(i * size, (i + 1) * size);
    return;
  }
  for (let i = 0; i < samples; i++) {
    const own = tensorflow().slice(tensor, [i, ...shape.map(() => 0)], [1, ...shape]);
    const values = own.dataSync() as Float32Array;
    own.dispose();
    yield values;
  }
}

/** Pictures as one tensor; the caller disposes of it. */
function batchTensor({ size: [height, width], colorMode, preprocess }: AtlasPlan, pictures: Picture[]) {
  const channels = CHANNELS[colorMode];
  const length = height * width * channels;
  const values = new Float32Array(pictures.length * length);
  for (const [i, picture] of pictures.entries()) fillValues(values, i * length, picture, preprocess);
  return tensorflow().tensor(values, [pictures.length, height, width, channels]);
}

/** An error's reason without the name of the file. */
function reasonOf({ message }: Error): string {
  return message.replace(/^Cannot load the picture: /, '');
}
