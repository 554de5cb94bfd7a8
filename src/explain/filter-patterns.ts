import { checkKinds } from '../checks/check-kinds';
import { withFace } from '../face';
import type { LayerChoice, Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import { flatPlanOf } from '../keras/run/flat-plan';
import type { Picture } from '../pictures/pixels';
import { inParts } from '../progress';
import { releaseGraph } from '../tensorflow/graph/repeated';
import { ready, tf as tensorflow } from '../tensorflow/running';
import type { Tf } from '../tensorflow/types';
import { Adam } from './adam';
import { colors, drawn, type FourierImage, fourierImage, strengths, transforms } from './fourier-image';
import { chosenLayer } from './layer-choice';
import {
  type Canvas,
  coefficientTensor,
  meansOf,
  type PatternLayer,
  patternGradient,
  patternLayer,
  rangeOf,
} from './pattern-objective';
import { normals, uniform } from './random';
import { receptiveField } from './receptive-field';
import { prepareGradients } from './score-gradient';
import type { ScoredModel } from './scored-model';

/** Options of `filterPatterns`. */
export interface FilterPatternsOptions {
  /** The layer whose filters are looked at: convolutional, or Dense for what a class looks like. */
  layer: LayerChoice;
  /** Which channels. Default: the first 16. */
  channels?: readonly number[];
  /** Side of a pattern in pixels. Default: twice what one position sees, at least 64, at most the model's input. Up to 2048. */
  size?: number;
  /** Steps of gradient ascent. Default 96. */
  steps?: number;
  /** The patterns are the same for the same seed. Default 1. */
  seed?: number;
}

/** The picture that a filter responds to. */
export interface FilterPattern extends Picture {
  /** The layer's name. */
  readonly layer: string;
  /** The filter. */
  readonly channel: number;
  /** The mean of its map of this picture. */
  readonly activation: number;
  /** Whether the filter's map stayed 0, for noise and for all that was tried from its pre-activation. */
  readonly dead: boolean;
}

const KINDS = { layer: 'any', channels: 'list', size: 'number', steps: 'number', seed: 'number' } as const;

/** The largest side of a pattern in pixels. */
const MOST_SIZE = 2048;
/** Pixels of one batch of pictures: more take more memory and save no time. */
const PIXELS = 160_000;
/** Adam's step, as Olah et al. 2017 take it. */
const RATE = 0.05;

/**
 * What each filter of a layer responds to: a picture made from noise by gradient ascent on the mean of its map. A
 * filter that is silent is started again from its pre-activation; one that stays so is dead.
 *
 * @param model as `loadModel` returns it
 * @param options which layer, which filters, how large and how long
 * @returns a picture for each filter, in RGB of 0..255
 * @throws {TypeError} when it is not a model, or an option is unknown
 * @throws {RangeError} when there is no such layer or channel, or a setting is out of range
 * @throws {ModelError} when a layer does not take pictures of this size
 * @example
 * const patterns = await filterPatterns(model, { layer: 'conv2d_3', channels: [0, 1, 2, 3], size: 64, steps: 16 });
 * filters(patterns);
 */
export async function filterPatterns(model: Model, options: FilterPatternsOptions): Promise<FilterPattern[]> {
  const what = 'find what filters look for';
  checkKinds(what, options, KINDS);
  checkModel(what, model);
  const { layer, steps = 96, seed = 1 } = options ?? {};
  if (layer === undefined) {
    throw new TypeError(`Cannot ${what}: no layer is given. Choose one, such as { layer: 'conv2d' }.`);
  }
  await ready();
  const tf = tensorflow();
  prepareGradients(tf);
  const chosen = chosenLayer({ model, plan: flatPlanOf(model as never) }, layer, what);
  const target = patternLayer(model, chosen.name, chosen.tensor);
  const input = model.inputs.find(({ shape }) => shape.length === 4)?.shape;
  const channels = channelsOf(options.channels, target.channels, chosen.name);
  const size = options.size ?? defaultSize(model, layer, input);
  for (const [name, value, least, most] of [
    ['size', size, 8, MOST_SIZE],
    ['steps', steps, 1, Number.MAX_SAFE_INTEGER],
  ] as const) {
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    const to = most === MOST_SIZE ? ` to ${most}` : '';
    throw new RangeError(`Cannot ${what}: ${name} is ${value}. Give a whole number from ${least}${to}.`);
  }
  if (!Number.isInteger(seed)) throw new RangeError(`Cannot ${what}: seed is ${seed}. Give a whole number.`);
  const image: FourierImage = fourierImage(size, input?.at(-1) ?? 3);
  const canvas = {
    image,
    strength: strengths(tf, image),
    mix: colors(tf, image),
    ...rangeOf(tf, model, image.channels),
  };
  const atOnce = Math.max(1, Math.min(16, Math.floor(PIXELS / size ** 2)));
  const made: FilterPattern[] = [];
  let climbs: Climb[] = [];
  try {
    await inParts(`patterns of ${chosen.name}`, Math.ceil(channels.length / atOnce) * steps, (part) => {
      const first = Math.floor(part / steps) * atOnce;
      if (part % steps === 0) climbs = start(tf, target, canvas, channels.slice(first, first + atOnce), seed);
      for (const climb of climbs) climbOnce(tf, canvas, climb);
      if (part % steps < steps - 1) return;
      for (const climb of climbs) made.push(...finished(tf, target, canvas, climb, steps, seed));
    });
  } finally {
    // The graph holds what is freed here.
    releaseGraph(model as never);
    for (const tensor of [canvas.strength, canvas.mix, canvas.scale, canvas.offset]) tensor.dispose();
  }
  return made.sort((a, b) => channels.indexOf(a.channel) - channels.indexOf(b.channel));
}

/** The first 16 channels, or those asked for. */
function channelsOf(asked: readonly number[] | undefined, count: number, name: string): number[] {
  const channels = asked ? [...asked] : Array.from({ length: Math.min(16, count) }, (_, i) => i);
  const wrong = channels.find((channel) => !(Number.isInteger(channel) && channel >= 0 && channel < count));
  if (wrong !== undefined || channels.length === 0 || new Set(channels).size < channels.length) {
    throw new RangeError(
      `Cannot find what filters look for: channels are [${channels.slice(0, 20).join(', ')}] and layer "${name}" has ${count}. Give whole numbers from 0 to ${count - 1}, each once.`,
    );
  }
  return channels;
}

function defaultSize(
  model: Model,
  layer: LayerChoice,
  input: readonly (number | null)[] | undefined,
): number {
  const [height, width] = [input?.[1] ?? 224, input?.[2] ?? 224];
  const side = Math.max(height, width);
  try {
    const { size } = receptiveField(model, layer, 0, 0, { size: [height, width] });
    return Math.min(side, Math.max(64, 2 * Math.max(...size)));
  } catch (error) {
    // A layer without a map sees the whole picture.
    if (error instanceof RangeError) return side;
    throw error;
  }
}

/** Pictures of some channels on their way up. */
interface Climb {
  target: ScoredModel;
  channels: readonly number[];
  coefficients: Float32Array;
  picks: Float32Array;
  adam: Adam;
  next: () => number;
}

function climbOf(
  target: ScoredModel,
  of: PatternLayer,
  image: FourierImage,
  channels: readonly number[],
  seed: number,
) {
  const coefficients = new Float32Array(channels.length * image.length);
  const picks = new Float32Array(channels.length * of.channels);
  for (const [i, channel] of channels.entries()) {
    // A channel's noise does not depend on which others are asked for.
    coefficients.set(normals(uniform(seed * 65_537 + channel), image.length, 0.05), i * image.length);
    picks[i * of.channels + channel] = 1;
  }
  return { target, channels, coefficients, picks, adam: new Adam(coefficients, RATE), next: uniform(seed) };
}

/** Channels that respond to their noise climb by their activation, silent ones by their pre-activation. */
function start(tf: Tf, of: PatternLayer, canvas: Canvas, channels: readonly number[], seed: number): Climb[] {
  const all = climbOf(of.own, of, canvas.image, channels, seed);
  const { means } = looked(tf, of, canvas, all);
  const silent = channels.filter((_, i) => means[i] === 0);
  const others = channels.filter((_, i) => means[i] !== 0);
  if (!silent.length || !of.before) return [all];
  const woken = climbOf(of.before, of, canvas.image, silent, seed);
  return others.length ? [climbOf(of.own, of, canvas.image, others, seed), woken] : [woken];
}

function climbOnce(tf: Tf, canvas: Canvas, climb: Climb): void {
  const { target, channels, coefficients, picks, adam, next } = climb;
  // By any distance: then no pixel is always at an edge, which fewer windows see.
  const shift = [0, 0].map(() => Math.floor(next() * canvas.image.size)) as [number, number];
  const pick = tf.tensor(picks, [channels.length, picks.length / channels.length]);
  try {
    adam.ascend(patternGradient(tf, target, canvas, coefficients, pick, shift).gradient);
  } finally {
    pick.dispose();
  }
}

/** The pictures, and the means of their channels' activations. */
function looked(tf: Tf, of: PatternLayer, canvas: Canvas, { channels, coefficients, picks }: Climb) {
  const { image } = canvas;
  return tf.tidy(() => {
    const [columns, rows] = transforms(tf, image, [0, 0]);
    const given = coefficientTensor(tf, image, coefficients);
    const pictures = drawn(tf, image, given, { ...canvas, columns, rows });
    const pick = tf.tensor(picks, [channels.length, of.channels]);
    const means = meansOf(tf, of.own, canvas, pictures, pick).dataSync().slice() as Float32Array;
    return { values: pictures.dataSync().slice() as Float32Array, means };
  });
}

function finished(
  tf: Tf,
  of: PatternLayer,
  canvas: Canvas,
  climb: Climb,
  steps: number,
  seed: number,
): FilterPattern[] {
  const { size, channels: colorsOf } = canvas.image;
  const { values, means } = looked(tf, of, canvas, climb);
  const silent = climb.channels.filter((_, i) => means[i] === 0);
  const again = climb.target === of.own && of.before ? silent : [];
  const patterns = climb.channels.flatMap((channel, i): FilterPattern[] => {
    if (again.includes(channel)) return [];
    const pixels = values.subarray(i * size * size * colorsOf, (i + 1) * size * size * colorsOf);
    const data = Uint8Array.from(pixels, (value) => Math.round(255 * value));
    const picture = { height: size, width: size, channels: colorsOf, data };
    const activation = means[i]!;
    return [withFace('picture', { ...picture, layer: of.name, channel, activation, dead: activation === 0 })];
  });
  if (!again.length) return patterns;
  const woken = climbOf(of.before!, of, canvas.image, again, seed);
  for (let step = 0; step < steps; step++) climbOnce(tf, canvas, woken);
  return [...patterns, ...finished(tf, of, canvas, woken, steps, seed)];
}
