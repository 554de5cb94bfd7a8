import { checkKinds } from '../checks/check-kinds';
import { valueName } from '../checks/value-name';
import { withFace } from '../face';
import { CHANNELS, type ColorMode, type Picture, type Pixels } from './pixels';
import { type Interpolation, resize } from './resample';

/** Options of `loadImage`. */
export interface LoadImageOptions {
  /** [height, width] in pixels; without it the picture keeps its size. */
  targetSize?: readonly [height: number, width: number];
  /** Channels of the result: 3, 1 or 4. Default 'rgb'. */
  colorMode?: 'rgb' | 'grayscale' | 'rgba';
  /** How to reach the target size. Default 'nearest', as in Keras. */
  interpolation?: Interpolation;
  /** The most pixels that the file may hold; decoded, each takes three bytes or four. Default 80 million. */
  maxPixels?: number;
}

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'hamming', 'box', 'lanczos'];

/** How a platform reads and decodes pictures. */
export interface PictureReader {
  /** @throws {PictureError} when there is no such file */
  read(source: string | URL, name: string): Promise<Uint8Array>;
  /** Decodes, and converts to gray, RGB or RGBA. */
  decode(bytes: Uint8Array, name: string, mode: ColorMode, maxPixels: number): Promise<Pixels>;
}

/**
 * `loadImage` on any platform.
 *
 * @throws {PictureError} when the file is missing, damaged or no picture
 * @throws {TypeError} for a source or an option of another kind, or an unknown option
 * @throws {RangeError} for a target size, colour mode or interpolation that does not exist
 */
export async function loadWith(
  source: string | URL | Uint8Array,
  options: LoadImageOptions,
  { read, decode }: PictureReader,
): Promise<Picture> {
  const name = nameOf(source);
  checkKinds('load the picture', options, {
    targetSize: 'size',
    colorMode: 'string',
    interpolation: 'string',
    maxPixels: 'number',
  });
  const { targetSize, colorMode = 'rgb', interpolation = 'nearest', maxPixels = 80e6 } = options;
  checkValues(targetSize, colorMode, interpolation);
  if (!(maxPixels > 0))
    throw new RangeError(`Cannot load the picture: maxPixels is ${maxPixels}. Give a number of pixels.`);
  const bytes = source instanceof Uint8Array ? source : await read(source, name);
  const pixels = await decode(bytes, name, colorMode, maxPixels);
  return withFace('picture', targetSize ? resize(pixels, targetSize, interpolation) : pixels);
}

function checkValues(
  targetSize: LoadImageOptions['targetSize'],
  colorMode: string,
  interpolation: string,
): void {
  const text = targetSize?.find((size: unknown) => typeof size === 'string');
  if (text !== undefined) {
    throw new TypeError(
      `Cannot load the picture: targetSize holds the text '${text}'. Give numbers, such as [150, 150].`,
    );
  }
  if (
    targetSize &&
    !(targetSize.length === 2 && targetSize.every((n) => Number.isInteger(n) && n > 0 && n <= 16384))
  ) {
    throw new RangeError(
      `Cannot load the picture at size ${sizeText(targetSize)}: targetSize is [height, width], whole pixels from 1 to 16384.`,
    );
  }
  if (!Object.hasOwn(CHANNELS, colorMode)) {
    throw new RangeError(
      `Cannot load the picture as '${colorMode}': colorMode is one of ${Object.keys(CHANNELS).join(', ')}.`,
    );
  }
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw new RangeError(
      `Cannot resize by '${interpolation}': interpolation is one of ${INTERPOLATIONS.join(', ')}.`,
    );
  }
}

function nameOf(source: string | URL | Uint8Array): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Uint8Array) return 'the picture';
  throw new TypeError(
    `Cannot load the picture: source is ${valueName(source)}. It is a path, a file: URL or bytes (Uint8Array).`,
  );
}

/** What was given as a size, for an error. */
function sizeText(size: unknown): string {
  if (!Array.isArray(size)) return valueName(size);
  return size.length > 4 || size.some((one) => typeof one === 'object' || typeof one === 'symbol')
    ? `of ${valueName(size)}`
    : `[${size}]`;
}
