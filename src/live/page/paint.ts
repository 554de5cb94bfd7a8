import { type ColormapName, colormap } from '../../../renderers/colormap';
import { alphasOf } from '../../../renderers/png/raster';
import { NOT_FINITE } from '../../../renderers/theme';
import { colorSteps, range, type Scale } from '../../maps/scale';
import { type Stats, stats } from '../../maps/stats';

/** One channel with what is known of its values. */
export interface ChannelMap {
  height: number;
  width: number;
  data: Float32Array;
  stats: Stats;
}

/** Cuts a channel out of [height, width, channels]. */
export function channelOf(
  { height, width, channels, data }: { height: number; width: number; channels: number; data: Float32Array },
  channel: number,
): ChannelMap {
  const map = new Float32Array(height * width);
  for (let i = 0, at = channel; i < map.length; i++, at += channels) map[i] = data[at]!;
  return { height, width, data: map, stats: stats(map) };
}

const tables = new Map<string, Uint32Array>();

/** The 256 colours of a map as pixels of a canvas, opaque. */
function pixelsOf(name: ColormapName): Uint32Array {
  let table = tables.get(name);
  if (!table) {
    const digits = colormap(name);
    table = Uint32Array.from({ length: 256 }, (_, i) => pixel(digits.slice(6 * i, 6 * i + 6)));
    tables.set(name, table);
  }
  return table;
}

/** A canvas's pixel is red, green, blue, alpha in memory: reversed as a number. */
function pixel(digits: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  return ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
}

const odd = NOT_FINITE.map((color) => pixel(color.slice(1)));

/**
 * A map as the pixels of a canvas of its own size.
 *
 * @param ends the numbers at the colour map's two ends
 * @param isVeil whether small values are transparent, to be laid over a picture
 */
export function mapPixels(
  { height, width, data }: Pick<ChannelMap, 'height' | 'width' | 'data'>,
  cmap: ColormapName,
  [low, high]: readonly [number, number],
  isVeil = false,
): ImageData {
  const image = new ImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  const colors = pixelsOf(cmap);
  const steps = colorSteps(data, low, high);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    out[i] = Number.isFinite(value) ? colors[steps[i]!]! : odd[Number.isNaN(value) ? 0 : value > 0 ? 1 : 2]!;
  }
  if (isVeil) {
    const alphas = alphasOf([low, high]);
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i]!)) image.data[4 * i + 3] = alphas[steps[i]!]!;
    }
  }
  return image;
}

/** The ends of a scale over one or two maps; a dead map has no range. */
export function endsOf(scale: Scale, maps: readonly ChannelMap[]): readonly [number, number] {
  const all = maps.map((map) => range(scale, map.stats)).filter((ends) => ends.every(Number.isFinite));
  if (all.length === 0) return [0, 1];
  return [Math.min(...all.map(([low]) => low)), Math.max(...all.map(([, high]) => high))];
}

/** Puts pixels on a canvas of their size; the style decides how large they are shown. */
export function put(canvas: HTMLCanvasElement, image: ImageData): void {
  if (canvas.width !== image.width) canvas.width = image.width;
  if (canvas.height !== image.height) canvas.height = image.height;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

/** A canvas of pixels, to be drawn on another at any size. */
export function canvasOf(image: ImageData): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  put(canvas, image);
  return canvas;
}

/** The picture that a network gets, as pixels of a canvas. */
export function picturePixels(picture: {
  height: number;
  width: number;
  channels: number;
  data: Uint8Array;
}): ImageData {
  const { height, width, channels, data } = picture;
  const image = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = data[i * channels + (channels < 3 ? 0 : c)]!;
    image.data[4 * i + 3] = channels === 4 ? data[4 * i + 3]! : 255;
  }
  return image;
}

/** Marks a dead channel: gray with a cross. */
export function drawDead(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = '#c9c9c9';
  context.fillRect(left, top, width, height);
  context.strokeStyle = '#8f979f';
  context.lineWidth = Math.max(1.5, width / 24);
  const inset = 0.28;
  const [x1, x2] = [left + inset * width, left + (1 - inset) * width];
  const [y1, y2] = [top + inset * height, top + (1 - inset) * height];
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.moveTo(x1, y2);
  context.lineTo(x2, y1);
  context.stroke();
  context.restore();
}
