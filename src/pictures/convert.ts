import { CHANNELS, type ColorMode, type Pixels } from './pixels';
import { multiplyBytes } from './resample';

/**
 * From gray, gray + alpha, RGB or RGBA to the channels of a colour mode, as Pillow's `convert` does.
 *
 * @param pixels 1 (gray), 2 (gray and alpha), 3 or 4 channels
 */
export function convert({ height, width, channels: from, data: source }: Pixels, mode: ColorMode): Pixels {
  const channels = CHANNELS[mode];
  if (from === channels) {
    return { height, width, channels, data: new Uint8Array(source.buffer, source.byteOffset, source.length) };
  }
  const data = new Uint8Array(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const at = pixel * from;
    const red = source[at]!;
    const green = from < 3 ? red : source[at + 1]!;
    const blue = from < 3 ? red : source[at + 2]!;
    const to = pixel * channels;
    if (channels === 1) {
      // ITU-R 601-2 luma in Pillow's fixed point.
      data[to] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
      continue;
    }
    data[to] = red;
    data[to + 1] = green;
    data[to + 2] = blue;
    if (channels === 4) data[to + 3] = from % 2 === 0 ? source[at + from - 1]! : 255;
  }
  return { height, width, channels, data };
}

/** Pillow's conversion, which knows no colour management: each ink darkens what black leaves. */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let source = 0, target = 0; source < cmyk.length; source += 4) {
    const light = 255 - cmyk[source + 3]!;
    for (let c = 0; c < 3; c++) rgb[target++] = Math.max(0, light - multiplyBytes(cmyk[source + c]!, light));
  }
  return rgb;
}

/** The colours of palette indices; an index beyond the palette is black. */
export function lookUp(
  indices: Uint8Array,
  palette: Uint8Array,
  size: { height: number; width: number },
): Pixels {
  const data = new Uint8Array(indices.length * 3);
  let target = 0;
  for (const index of indices) {
    for (let c = 0; c < 3; c++) data[target++] = palette[index * 3 + c] ?? 0;
  }
  return { ...size, channels: 3, data };
}

/** A picture turned by the number of EXIF's orientation, 1 to 8. */
export function orient(pixels: Pixels, orientation: number): Pixels {
  if (!(orientation > 1 && orientation <= 8)) return pixels;
  const { channels, data } = pixels;
  const swap = orientation >= 5;
  const height = swap ? pixels.width : pixels.height;
  const width = swap ? pixels.height : pixels.width;
  const flipRows = [3, 4, 7, 8].includes(orientation);
  const flipColumns = [2, 3, 6, 7].includes(orientation);
  const turned = new Uint8Array(data.length);
  let target = 0;
  for (let row = 0; row < height; row++) {
    const y = flipRows ? height - 1 - row : row;
    for (let column = 0; column < width; column++) {
      const x = flipColumns ? width - 1 - column : column;
      const source = (swap ? x * pixels.width + y : y * pixels.width + x) * channels;
      for (let c = 0; c < channels; c++) turned[target++] = data[source + c]!;
    }
  }
  return { height, width, channels, data: turned };
}
