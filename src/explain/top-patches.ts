import { checkKinds } from '../checks/check-kinds';
import { valueName } from '../checks/value-name';
import { withFace } from '../face';
import type { LayerChoice, Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import { flatPlanOf } from '../keras/run/flat-plan';
import { predict } from '../keras/run/predict';
import { layout } from '../maps/activation';
import { croppedPixels } from '../maps/patch-region';
import type { Picture } from '../pictures/pixels';
import { inParts } from '../progress';
import { chosenLayer } from './layer-choice';
import { receptiveField } from './receptive-field';

/** Options of `topPatches`. */
export interface TopPatchesOptions {
  /** The layer with the channel. */
  layer: LayerChoice;
  /** Which channel. */
  channel: number;
  /** How many patches, the highest first. Default 9. */
  count?: number;
}

/** A part of a picture that a channel responds to. */
export interface Patch extends Picture {
  /** The layer's name. */
  readonly layer: string;
  /** The channel. */
  readonly channel: number;
  /** The channel's value at the position whose receptive field this is. */
  readonly activation: number;
  /** Which picture of the list. */
  readonly sample: number;
  /** The position in the layer's map. */
  readonly row: number;
  /** The position in the layer's map. */
  readonly column: number;
  /** The rows of the picture: the first, and the one after the last. */
  readonly rows: readonly [from: number, to: number];
  /** The columns of the picture: the first, and the one after the last. */
  readonly columns: readonly [from: number, to: number];
}

/**
 * The parts of real pictures that a channel responds to most: the receptive fields of its largest values, at most one
 * per picture.
 *
 * @param model as `loadModel` returns it
 * @param pictures as large as the model takes them, which preprocesses them
 * @param options which channel of which layer, and how many
 * @returns the patches, highest value first; fewer than asked for if there are fewer pictures
 * @throws {TypeError} when these are not pictures, or an option is unknown
 * @throws {RangeError} when there is no such layer or channel
 * @throws {ModelError} when a layer fails on a picture
 * @example
 * filters(await topPatches(model, [img], { layer: 'conv2d_3', channel: 20 }));
 */
export async function topPatches(
  model: Model,
  pictures: readonly Picture[],
  options: TopPatchesOptions,
): Promise<Patch[]> {
  const what = 'find patches';
  checkKinds(what, options, { layer: 'any', channel: 'number', count: 'number' });
  checkModel(what, model);
  const { layer, channel, count = 9 } = options ?? {};
  if (
    !Array.isArray(pictures) ||
    !pictures.length ||
    pictures.some((one) => !(one?.data instanceof Uint8Array))
  ) {
    const wrong = Array.isArray(pictures)
      ? pictures.find((one) => !(one?.data instanceof Uint8Array))
      : pictures;
    throw new TypeError(
      `Cannot ${what}: the pictures are ${valueName(wrong ?? pictures)}. Give a list of what loadImage returns.`,
    );
  }
  if (layer === undefined || channel === undefined) {
    throw new TypeError(
      `Cannot ${what}: no ${layer === undefined ? 'layer' : 'channel'} is given. Give { layer, channel }.`,
    );
  }
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot ${what}: count is ${count}. Give a whole number from 1.`);
  }
  const { name } = chosenLayer({ model, plan: flatPlanOf(model as never) }, layer, what);
  const found: Patch[] = [];
  await inParts(`patches of ${name}`, pictures.length, async (sample) => {
    const picture = pictures[sample]!;
    const activation = (await predict(model, picture, { layers: name })).at(-1)!;
    const { width, channels } = layout(activation);
    if (!Number.isInteger(channel) || channel < 0 || channel >= channels) {
      throw new RangeError(
        `Cannot ${what}: there is no channel ${channel}: layer "${name}" has ${channels}. Choose a whole number from 0 to ${channels - 1}.`,
      );
    }
    let best = channel;
    for (let i = channel; i < activation.data.length; i += channels) {
      if (activation.data[i]! > activation.data[best]!) best = i;
    }
    const position = Math.floor(best / channels);
    const [row, column] = [Math.floor(position / width), position % width];
    const { rows, columns } = receptiveField(model, layer, row, column, {
      size: [picture.height, picture.width],
    });
    found.push(
      withFace('picture', {
        ...croppedPixels(picture, rows, columns),
        ...{ layer: name, channel, activation: activation.data[best]!, sample, row, column, rows, columns },
      }),
    );
  });
  return found.sort((a, b) => b.activation - a.activation || a.sample - b.sample).slice(0, count);
}
