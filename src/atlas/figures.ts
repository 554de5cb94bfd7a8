import { drawAtlasChannel } from '../../renderers/atlas-channel';
import { drawAtlasLayer } from '../../renderers/atlas-layer';
import type { Figure } from '../../renderers/figure';
import { checkKinds } from '../checks/check-kinds';
import type { Model } from '../keras/model';
import { predict } from '../keras/run/predict';
import { featureMap, layout } from '../maps/activation';
import { type Atlas, atlasLayer } from '../maps/atlas';
import { atlasChannel } from '../maps/atlas-channel';
import type { Preprocess } from '../pictures/preprocess';
import { toTensor } from '../pictures/to-tensor';
import { modelOf, pictureOf } from './picture-source';

/** Options of `atlasFigure`. */
export interface AtlasFigureOptions {
  /** Which layer. */
  layer: string;
  /** Channels that are drawn, 1 to 256. Default 64; of more those whose values vary most. */
  count?: number;
  /** Default: the layer's name. */
  title?: string;
}

/**
 * What a layer's channels respond to: of each the place of its largest value in all pictures.
 *
 * @param atlas what `atlas` or `loadAtlas` returns
 * @param options which layer
 * @returns the figure
 * @throws {TypeError} when it is not an atlas
 * @throws {RangeError} when there is no such layer
 * @throws {AtlasError} when its pictures are not there any more
 * @example
 * show(await atlasFigure(a, { layer: 'conv2d_3' }));
 */
export async function atlasFigure(atlas: Atlas, options: AtlasFigureOptions): Promise<Figure> {
  checkKinds('draw the atlas', options, { layer: 'any', count: 'number', title: 'string' });
  const { layer, count = 64, title } = options ?? {};
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new RangeError(`Cannot draw the atlas: count is ${count}. Give a whole number from 1 to 256.`);
  }
  const found = atlasLayer(atlas, layer);
  const all = Array.from({ length: found.channels }, (_, channel) => channel);
  const spread = (channel: number) => found.std[channel] || 0;
  const chosen =
    all.length > count
      ? [...all]
          .sort((a, b) => spread(b) - spread(a) || a - b)
          .slice(0, count)
          .sort((a, b) => a - b)
      : all;
  const tiles = await Promise.all(
    chosen.map(async (number) => {
      const channel = atlasChannel(atlas, layer, number);
      const [best] = channel.patches;
      return { channel, ...(best && !channel.dead && { picture: await pictureOf(atlas, best.picture) }) };
    }),
  );
  return drawAtlasLayer(layer, tiles, all.length, title);
}

/** Options of `channelFigure`. */
export interface ChannelFigureOptions {
  /** The model, for the maps over the patches; default the one that `atlas` ran, until it is disposed. */
  model?: Model;
  /** Default: the layer's name and the channel. */
  title?: string;
}

/**
 * One channel: the patches it responds to most, with its maps laid over by a slider, how its values are distributed, its
 * statistics, the channels that respond together with it, and the classes that it tells apart.
 *
 * @param atlas what `atlas` or `loadAtlas` returns
 * @param layer the layer's name
 * @param channel 0 … channels − 1
 * @param options the model, and a title
 * @returns the figure
 * @throws {TypeError} when it is not an atlas
 * @throws {RangeError} when there is no such layer or channel
 * @throws {AtlasError} when its pictures are not there any more
 * @example
 * show(await channelFigure(a, 'conv2d_3', 20));
 */
export async function channelFigure(
  atlas: Atlas,
  layer: string,
  channel: number,
  options: ChannelFigureOptions = {},
): Promise<Figure> {
  checkKinds('draw the channel', options, { model: 'any', title: 'string' });
  const found = atlasChannel(atlas, layer, channel);
  const { model = modelOf(atlas), title } = options;
  const pictures: Parameters<typeof drawAtlasChannel>[1][number][] = [];
  for (const { picture: index } of found.patches.slice(0, 9)) {
    const picture = await pictureOf(atlas, index);
    if (!model) {
      pictures.push({ picture });
      continue;
    }
    const input = toTensor(picture, { preprocess: atlas.preprocess as Preprocess });
    try {
      // A later run of a shared layer is called name:1.
      const [, name, run = '0'] = /^(.*?)(?::(\d+))?$/.exec(layer)!;
      const made = (await predict(model, input, { layers: name! }))[Number(run)]!;
      const isMap = made.shape.length === 4 && layout(made).height > 1;
      pictures.push({ picture, ...(isMap && { map: featureMap(made, channel) }) });
    } finally {
      input.dispose();
    }
  }
  return drawAtlasChannel(found, pictures, title);
}
