import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, featureMap, onePicture } from '../src/maps/activation';
import { type Raster, rasterOf } from '../src/maps/grid';
import type { Prediction } from '../src/maps/prediction';
import { resizeMap } from '../src/maps/resize-map';
import { range, type Scale } from '../src/maps/scale';
import { stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { checkPicture, dataUrl, filling, pictureData, pictureImage } from './picture';
import { under } from './picture-panel';
import { alphasOf, rasterPng } from './png/raster';
import { overMarks, readout, spotIn, target, valuesAt } from './pointer';
import { scoreBars } from './predictions';
import { BAR, BAR_GAP, uprightBar } from './scale-bar';
import { still } from './still';
import { NOT_FINITE, oddities, panelsInRow, rangeWords, short, specOf, WIDE } from './theme';

/** Options of `heatmap`. */
export interface ClassHeatmapOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'turbo', or 'RdBu_r' if values are below 0. */
  cmap?: ColormapName;
  /** How values become colours. Default 'minmax' from 0 on, or 'symmetric' if values are below 0. */
  scale?: Scale;
  /** Opacity of the largest value over the picture, 0..1; a slider changes it. Default 0.8. */
  opacity?: number;
  /** How many classes are listed with their scores, the highest first; 0 for none. Default 5. */
  top?: number;
  /** Default: the method, the class and the layer. */
  title?: string;
}

/** What `gradCam` and `saliency` add to an activation; any other activation is drawn without it. */
interface Explanation extends Activation {
  readonly method?: string;
  readonly explained?: readonly {
    readonly label: string;
    readonly score: number;
    readonly before?: string | undefined;
    readonly region?: string;
    readonly answer: readonly Prediction[];
  }[];
}

/** Names of methods as papers write them. */
const METHODS: Record<string, string> = {
  'grad-cam': 'Grad-CAM',
  'grad-cam++': 'Grad-CAM++',
  'layer-cam': 'LayerCAM',
  'score-cam': 'Score-CAM',
  gradient: 'Gradient',
  smooth: 'SmoothGrad',
  integrated: 'Integrated gradients',
  guided: 'Guided backpropagation',
  occlusion: 'Occlusion',
};

/** What an explanation shows, such as “Grad-CAM for “cat” at conv2d_3”; undefined for any other activation. */
export function explanationTitle(map: Activation, sample = 0): string | undefined {
  const { layer, method = '', explained } = map as Explanation;
  const what = explained?.[sample];
  return (
    what && `${METHODS[method] ?? method} for “${what.label}”${/cam/.test(method) ? ` at ${layer}` : ''}`
  );
}

/** Length of the longer side of a panel, in CSS pixels: three of them and a scale bar fit into a cell. */
const SIDE = 216;

/**
 * Why a model gave its answer: the picture, the heatmap with its scale, the heatmap over the picture, more opaque where
 * its value is larger, and the model's answer. A slider sets the opacity and needs no kernel; the pointer shows row, column
 * and value of the map.
 *
 * @param picture the network's input
 * @param map what `gradCam` or `saliency` returns, or any activation of one channel
 * @param options how opaque, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} when the map has several channels, or for an index, opacity, scale or colour map that does not
 *   exist
 * @throws {TypeError} when it is not a picture or not an activation
 * @example
 * show(heatmapFigure(img, await gradCam(model, img, { labels: ['cat', 'dog'] })));
 */
export function heatmapFigure(picture: Pixels, map: Activation, options: ClassHeatmapOptions = {}): Figure {
  checkKinds('draw the heatmap', options, {
    index: 'number',
    cmap: 'string',
    scale: 'scale',
    opacity: 'number',
    top: 'number',
    title: 'string',
  });
  const { opacity = 0.8, top = 5 } = options;
  checkPicture(picture);
  if (!(opacity >= 0 && opacity <= 1)) {
    throw new RangeError(`Cannot draw the heatmap: opacity is ${opacity}. Choose from 0 to 1.`);
  }
  if (!Number.isInteger(top) || top < 0) {
    throw new RangeError(`Cannot draw the heatmap: top is ${top}. Give a whole number from 0.`);
  }
  const sample = onePicture(map, options.index);
  const values = featureMap(map, 0, sample);
  if (map.shape.length === 4 && map.shape[3] !== 1) {
    throw new RangeError(
      `Cannot draw the heatmap: ${map.layer} has ${map.shape[3]} channels. Use saliency with { reduce: 'max' }, or overlay with { channel }.`,
    );
  }
  const summary = stats(values.data);
  const isSigned = summary.min < 0;
  const { cmap = isSigned ? 'RdBu_r' : 'turbo' } = options;
  const ends = options.scale
    ? range(options.scale, summary)
    : isSigned
      ? range('symmetric', summary)
      : ([0, summary.max] as const);
  const { explained } = map as Explanation;
  const what = explained?.[sample];
  const title = options.title ?? explanationTitle(map, sample) ?? `${map.layer} over the picture`;
  const caption = [
    ...(what ? [`score ${short(what.score)}${what.before ? ` before the ${what.before}` : ''}`] : []),
    ...(what?.region ? [what.region] : []),
    `${values.height} × ${values.width}`,
    summary.dead && summary.max === 0
      ? 'nothing speaks for this class here: every value is 0'
      : rangeWords(summary),
    ...oddities(summary),
  ];
  const flat = !(ends[0] < ends[1]);
  const size = filling(picture, SIDE);
  const image = pictureImage(picture, size, { name: 'picture' });
  const stretched = (raster: Raster, opacity: number | { expr: string }, alphas?: Uint8Array) => ({
    data: { values: [{}] },
    mark: { ...image.mark, smooth: false, opacity },
    encoding: { url: { value: dataUrl(rasterPng(raster, colormap(cmap), NOT_FINITE, alphas)) } },
  });
  const large = resizeMap(values, [picture.height, picture.width]);
  const over = rasterOf(large, ends, stats(large.data));
  const answer = what?.answer.slice(0, top) ?? [];
  const bars = answer.length ? scoreBars(answer) : undefined;
  const told = valuesAt(values, summary, 'spot');
  const panel = (name: string, words: string, layer: object[]) => ({
    ...size,
    layer: [...layer, under(words, size), target(name, size)],
  });
  const line = readout(told.text, size);
  const laid = panel('laid', 'over the input', [
    image,
    stretched(over, flat ? 0 : { expr: 'opacity' }, alphasOf(ends)),
    line,
  ]);
  const panels = ['input', 'map', 'laid'].map((name) => overMarks('spot', name, spotIn(size)));
  const spec = specOf(title, caption, WIDE, {
    datasets: { picture: pictureData(picture).values },
    params: [
      { name: 'opacity', value: opacity, bind: { input: 'range', min: 0, max: 1, step: 0.05 } },
      ...told.params,
      { ...panels[0]!, on: panels.flatMap(({ on }) => on) },
      ...(bars?.params ?? []),
    ],
    vconcat: [
      {
        columns: panelsInRow(3, 2, size.width + (flat ? 0 : (BAR_GAP + BAR) / 2)),
        concat: [
          panel('input', `input, ${picture.height} × ${picture.width}`, [image]),
          panel('map', `${values.height} × ${values.width}`, [
            stretched(rasterOf(values, ends, summary), 1),
            line,
          ]),
          // The bar stays beside a map where panels stand one by one.
          { spacing: BAR_GAP, hconcat: [laid, ...(flat ? [] : [uprightBar(ends, size.height, cmap)])] },
        ],
      },
      ...(bars ? [bars.view] : []),
    ],
  });
  const words = bars?.rows.map(({ name, words }) => `${name} ${words}`) ?? [];
  return new Figure(spec, [title, ...caption, ...words].join('; '), { drawing: still(spec), exact: 'all' });
}
