import { checkKinds } from '../src/check-kinds';
import { type Activation, featureMap, onePicture } from '../src/maps/activation';
import { rasterOf } from '../src/maps/grid';
import { resizeMap } from '../src/maps/resize-map';
import { range, type Scale } from '../src/maps/scale';
import { stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { ONE_MAP } from './matshow';
import { checkPicture, dataUrl, fitted, pictureImage } from './picture';
import { rasterPng } from './png/raster';
import { scaleBar } from './scale-bar';
import type { Spec } from './spec';
import { NOT_FINITE, oddities, rangeWords, SCHEMA, THEME } from './theme';

/** Options of `overlay`. */
export interface OverlayOptions {
  /** Which channel, 0 … channels − 1. Default 0. */
  channel?: number;
  /** Initial opacity of the map, 0..1; a slider changes it. Default 0.5. */
  opacity?: number;
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** How values become colours. Default 'minmax'. */
  scale?: Scale;
  /** Default: the layer's name and the channel. */
  title?: string;
}

/** Length of the longer side, in CSS pixels. */
const SIDE = 450;

/**
 * A channel's map over the network's input picture, resized bilinearly as by `tf.image.resize`. A slider sets its
 * opacity and needs no kernel.
 *
 * @param picture the network's input
 * @param activation an element of what `predict` returns
 * @param options which channel, how opaque, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for a channel, index, opacity, scale or colour map that does not exist
 * @throws {TypeError} when it is not a picture
 * @example
 * show(overlayFigure(img, activations[4], { channel: 20 }));
 */
export function overlayFigure(picture: Pixels, activation: Activation, options: OverlayOptions = {}): Figure {
  checkKinds('lay the map over the picture', options, { ...ONE_MAP, opacity: 'number' });
  const { channel = 0, opacity = 0.5, cmap = 'viridis', scale = 'minmax' } = options;
  checkPicture(picture);
  if (!(opacity >= 0 && opacity <= 1)) {
    throw new RangeError(`Cannot lay the map over the picture: opacity is ${opacity}. Choose from 0 to 1.`);
  }
  const map = featureMap(activation, channel, onePicture(activation, options.index));
  const summary = stats(map.data);
  const flat = !(summary.min < summary.max);
  const [low, high] = range(scale, summary);
  const colors = colormap(cmap);
  const size = fitted(picture, SIDE);
  const image = pictureImage(picture, size);
  const over = resizeMap(map, [picture.height, picture.width]);
  const raster = rasterOf(over, [low, high], stats(over.data));
  const title = options.title ?? `${activation.layer} · channel ${channel} over the picture`;
  const caption = [
    `${map.height} × ${map.width}, resized to ${picture.height} × ${picture.width}`,
    rangeWords(summary),
    ...oddities(summary),
  ];
  const spec: Spec = {
    $schema: SCHEMA,
    config: THEME,
    title: { text: title, subtitle: caption.join(' · ') },
    params: [
      { name: 'opacity', value: opacity, bind: { input: 'range', min: 0, max: 1, step: 0.05 } },
      { name: 'colors', value: colors },
    ],
    spacing: 16,
    hconcat: [
      {
        ...size,
        layer: [
          image,
          {
            data: { values: [{}] },
            mark: {
              ...image.mark,
              smooth: false,
              opacity: { expr: flat && !raster.notFinite ? '0' : 'opacity' },
            },
            encoding: { url: { value: dataUrl(rasterPng(raster, colors, NOT_FINITE)) } },
          },
        ],
      },
      ...(flat ? [] : [scaleBar([low, high], size.height)]),
    ],
  };
  return new Figure(spec, [title, ...caption].join('; '), { exact: 'all' });
}
