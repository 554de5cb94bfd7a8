import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, featureMap, onePicture } from '../src/maps/activation';
import { rasterOf } from '../src/maps/grid';
import { resizeMap } from '../src/maps/resize-map';
import type { Scale } from '../src/maps/scale';
import { stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { colorsAndEnds, viewOf } from './heatmap';
import { ONE_MAP } from './matshow';
import { checkPicture, dataUrl, fitted, pictureImage } from './picture';
import { alphasOf, rasterPng } from './png/raster';
import { overMarks, readout, target, valuesAt } from './pointer';
import { BAR, BAR_GAP, barOfView } from './scale-bar';
import { still } from './still';
import { NARROW, NOT_FINITE, oddities, rangeWords, specOf } from './theme';

/** Options of `overlay`. */
export interface OverlayOptions {
  /** Which channel, 0 … channels − 1. Default 0. */
  channel?: number;
  /** Opacity of the largest value, 0..1; smaller values are fainter. A slider changes it. Default 0.8. */
  opacity?: number;
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'; 'RdBu_r' for values on both sides of 0. */
  cmap?: ColormapName;
  /** How values become colours. Default 'minmax'; 'symmetric' for values on both sides of 0. */
  scale?: Scale;
  /** Default: the layer's name and the channel. */
  title?: string;
}

/** Length of the longer side, in CSS pixels. */
const SIDE = 450;

/**
 * A channel's map over the network's input picture, resized bilinearly as by `tf.image.resize`. The low end of the
 * scale is transparent, so that the picture stays a picture. A slider sets the opacity and needs no kernel; the
 * pointer shows row, column and value of the map.
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
  const { channel = 0, opacity = 0.8 } = options;
  checkPicture(picture);
  if (!(opacity >= 0 && opacity <= 1)) {
    throw new RangeError(`Cannot lay the map over the picture: opacity is ${opacity}. Choose from 0 to 1.`);
  }
  const map = featureMap(activation, channel, onePicture(activation, options.index));
  const summary = stats(map.data);
  const flat = !(summary.min < summary.max);
  const { cmap, ends } = colorsAndEnds(summary, options);
  const size = fitted(picture, SIDE);
  const image = pictureImage(picture, size);
  const over = resizeMap(map, [picture.height, picture.width]);
  const raster = rasterOf(over, ends, stats(over.data));
  const title = options.title ?? `${activation.layer} · channel ${channel} over the picture`;
  const caption = [
    `${map.height} × ${map.width}, resized to ${picture.height} × ${picture.width}`,
    rangeWords(summary),
    ...oddities(summary),
  ];
  const values = valuesAt(map, summary, 'spot');
  const [width, height] = [{ expr: 'width' }, { expr: 'height' }];
  const fill = <Layer extends { mark: object }>(layer: Layer) => ({
    ...layer,
    mark: { ...layer.mark, width, height },
  });
  const sides = { rows: 0, beside: flat ? 0 : BAR_GAP + BAR };
  const spec = specOf(title, caption, NARROW, {
    view: viewOf(size, picture, sides),
    params: [
      { name: 'opacity', value: opacity, bind: { input: 'range', min: 0, max: 1, step: 0.05 } },
      ...values.params,
      overMarks('spot', 'target', '[y() / height, x() / width]'),
    ],
    layer: [
      fill(image),
      fill({
        data: { values: [{}] },
        mark: {
          ...image.mark,
          smooth: false,
          opacity: { expr: flat && !raster.notFinite ? '0' : 'opacity' },
        },
        encoding: {
          url: { value: dataUrl(rasterPng(raster, colormap(cmap), NOT_FINITE, alphasOf(ends))) },
        },
      }),
      target('target', { width, height }),
      readout(values.text, { width, height }),
      ...(flat ? [] : barOfView(ends, size.height, cmap, 'isBelow')),
    ],
  });
  return new Figure(spec, [title, ...caption].join('; '), { drawing: still(spec), exact: 'all' });
}
