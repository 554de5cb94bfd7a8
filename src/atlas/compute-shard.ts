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
import { emptyTotals, type LayerTotals } from './layer-totals';
import { type AtlasPlan, picturesOf } from './plan';
import { type ReadPicture, readBatches } from './read-batches';
import { Reducer } from './reductions/reducer';
import type { Maxima, Shard } from './shard';

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
export async function computeShard(
  model: Model,
  plan: AtlasPlan,
  shard: number,
  read: ReadPicture,
  options: ShardOptions = {},
): Promise<ShardOutcome> {
  const { name } = await ready();
  return collectingAtOnce(() => countShard(model, plan, shard, read, name, options));
}

async function countShard(
  model: Model,
  plan: AtlasPlan,
  shard: number,
  read: ReadPicture,
  backend: Backend['name'],
  { onPictures, signal }: ShardOptions,
): Promise<ShardOutcome> {
  const counting = beginCounting(model, plan, shard, backend);
  const { totals, maxima, reducer, answers } = counting;
  const skipped: SkippedPicture[] = [];
  for await (const batch of readBatches(plan, shard, read)) {
    signal?.throwIfAborted();
    const pictures: Numbered[] = [];
    for (const { index, picture, reason } of batch) {
      if (picture) pictures.push({ index, picture });
      else skipped.push({ picture: index, reason: reason! });
    }
    if (pictures.length) countBatch(counting, pictures);
    onPictures?.(batch.length);
    // Lets messages and interrupts through.
    await new Promise((resolve) => setTimeout(resolve));
  }
  reducer.finish();
  return { result: { totals, skipped, answers, classes: counting.classes }, maxima };
}

/** A picture with its number in the whole set. */
interface Numbered {
  readonly index: number;
  readonly picture: Picture;
}

/** What is counted of a shard's pictures, batch after batch. */
interface Counting {
  readonly model: Model;
  readonly plan: AtlasPlan;
  readonly backend: Backend['name'];
  /** The first picture of the shard. */
  readonly from: number;
  readonly wanted: Step[];
  readonly layerOf: ReadonlyMap<string, number>;
  readonly totals: LayerTotals[];
  readonly maxima: Maxima[];
  readonly reducer: Reducer;
  readonly answer: ReturnType<typeof answering> | undefined;
  readonly answers: Int32Array;
  classes: number;
}

function beginCounting(model: Model, plan: AtlasPlan, shard: number, backend: Backend['name']): Counting {
  const [from, to] = picturesOf(plan, shard);
  const totals = plan.layers.map(({ channels }) => emptyTotals({ channels, top: plan.top }));
  const answer = plan.classes && answering(model);
  return {
    model,
    plan,
    backend,
    from,
    wanted: stepsFor(model, plan),
    layerOf: new Map(plan.layers.map(({ path }, i) => [path, i])),
    totals,
    maxima: plan.layers.map(({ channels }) => new Float32Array((to - from) * channels).fill(Number.NaN)),
    reducer: new Reducer(totals),
    answer,
    answers: new Int32Array(answer ? to - from : 0).fill(-1),
    classes: 0,
  };
}

function countBatch(counting: Counting, pictures: Numbered[]): void {
  const { model, plan, backend, from, wanted, layerOf, maxima, reducer, answer, answers } = counting;
  const input = batchTensor(
    plan,
    pictures.map(({ picture }) => picture),
  );
  try {
    eachOutput(tensorflow(), model as never, [input], wanted, (path, tensor) => {
      const layer = layerOf.get(path);
      if (answer?.path === path) counting.classes = answer.classes(tensor.shape);
      let sample = 0;
      for (const values of samplesOf(tensor, backend)) {
        const { index } = pictures[sample++]!;
        if (answer?.path === path) answers[index - from] = counting.classes ? answer.of(values) : -1;
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
