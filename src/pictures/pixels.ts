/** Interleaved bytes, row by row: `data[(row * width + column) * channels + channel]`, 0..255. */
export interface Pixels {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** 1 gray, 3 RGB, 4 RGB and alpha. */
  readonly channels: number;
  /** The bytes. */
  readonly data: Uint8Array;
}

/** A decoded picture: interleaved bytes, `data[(row * width + column) * channels + channel]`, 0..255. */
export interface Picture extends Pixels {}

/** Which channels a picture is loaded with. */
export type ColorMode = 'rgb' | 'grayscale' | 'rgba';

/** How many channels each colour mode has. */
export const CHANNELS: Record<ColorMode, number> = { grayscale: 1, rgb: 3, rgba: 4 };
