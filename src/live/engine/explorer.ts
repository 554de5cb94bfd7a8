import { gradCam } from '../../explain/grad-cam';
import type { Model } from '../../keras/model';
import { answerOf } from '../../keras/run/answer';
import { predict } from '../../keras/run/predict';
import { type Activation, layout, uniqueNames } from '../../maps/activation';
import type { Prediction } from '../../maps/prediction';
import { convert } from '../../pictures/convert';
import type { ColorMode, Pixels } from '../../pictures/pixels';
import { resize } from '../../pictures/resample';
import { toTensor } from '../../pictures/to-tensor';
import { startPageTensorFlow } from '../../tensorflow/page';
import type { Tensor } from '../../tensorflow/tensor';
import type {
  EngineParts,
  ExplorerCalls,
  Heatmap,
  LayerFacts,
  PictureSource,
  Seen,
} from '../explorer-messages';
import { unpackModel } from '../model/unpack-model';
import { decodePicture } from './decode-picture';

/** Bytes of activations that are kept for a picture; beyond them a layer is computed when it is asked for. */
const MOST_KEPT = 256e6;
const MODES: Record<number, ColorMode> = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' };
/** As `loadImage`. */
const MOST_PIXELS = 80e6;

interface Looked {
  tensor: Tensor;
  /** The activations of all layers; undefined where they are too large to keep. */
  activations?: readonly Activation[];
}

/** The worker of an explorer's page: one model, and up to two pictures. */
export function explorerEngine(): ExplorerCalls {
  let model: Model;
  let parts: EngineParts;
  let layers: readonly LayerFacts[] = [];
  const slots: (Looked | undefined)[] = [];

  const slotOf = (slot: number) => {
    const looked = slots[slot];
    if (!looked) throw new RangeError('Cannot show maps: there is no picture here yet.');
    return looked;
  };

  return {
    async start(given) {
      parts = given;
      const started = performance.now();
      await startPageTensorFlow(parts.wasm);
      const backend = performance.now();
      model = await unpackModel('the model', parts.model);
      return [backend - started, performance.now() - backend];
    },

    async look(slot, source, preprocess = parts.preprocess): Promise<Seen> {
      const picture = await pictureOf(source, parts.size);
      const started = performance.now();
      const tensor = toTensor(picture, { preprocess });
      const activations = await predict(model, tensor);
      const scores = await scoresOf(model, tensor, parts.labels);
      const took = performance.now() - started;
      slots[slot]?.tensor.dispose();
      layers = factsOf(activations);
      const bytes = activations.reduce((sum, { data }) => sum + data.byteLength, 0);
      slots[slot] = { tensor, ...(bytes <= MOST_KEPT && { activations }) };
      return { picture, layers, scores, took };
    },

    async maps(slot, layer) {
      const { tensor, activations } = slotOf(slot);
      const { height, width, channels } = layers[layer]!;
      const { data } = (activations ?? (await predict(model, tensor)))[layer]!;
      return { height, width, channels, data };
    },

    async heatmap(slot, target): Promise<Heatmap> {
      const { labels } = parts;
      const map = await gradCam(model, slotOf(slot).tensor, { target, ...(labels && { labels }) });
      const { height, width } = layout(map);
      const { label, score } = map.explained[0]!;
      return { height, width, data: map.data, layer: map.layer, label: String(label), score };
    },
  };
}

/** A picture as the model's input needs it. */
async function pictureOf(
  source: PictureSource,
  [height, width, channels]: EngineParts['size'],
): Promise<Pixels> {
  const mode = MODES[channels]!;
  const pixels =
    'bytes' in source
      ? await decodePicture(source.bytes, source.name, mode, MOST_PIXELS)
      : convert(source, mode);
  return resize(pixels, [height, width], 'nearest');
}

/** The classes by score; none where the model's output is no list of classes. */
async function scoresOf(model: Model, tensor: Tensor, labels?: readonly string[]): Promise<Prediction[]> {
  const options = { top: Number.MAX_SAFE_INTEGER, sample: 0, ...(labels && { labels: [...labels] }) };
  try {
    return await answerOf(model, tensor, options);
  } catch (error) {
    // Labels that do not fit are the author's mistake, and are reported when the page is saved.
    if (error instanceof RangeError && !error.message.startsWith('Cannot name')) return [];
    throw error;
  }
}

function factsOf(activations: readonly Activation[]): LayerFacts[] {
  const names = uniqueNames(activations);
  return activations.map((activation, i) => {
    const { height, width, channels } = layout(activation);
    return { name: names[i]!, type: activation.type ?? '', height, width, channels };
  });
}
