import type { Activation } from '../src/maps/activation';
import type { Scale } from '../src/maps/scale';
import type { Pixels } from '../src/pictures/pixels';
import type { ColormapName } from './colormap';
import type { Spec } from './spec';

/**
 * What the renderers need from the platform they run on. In Node, node.ts provides zlib, node-canvas and files. In a
 * browser, src/core.ts provides fflate; Vega draws the specs there, so no figure needs a PNG.
 */
export interface Platform {
  /** Compresses bytes into a zlib stream (RFC 1950). */
  deflate(bytes: Uint8Array): Uint8Array;
  /**
   * Draws a Vega-Lite spec as a PNG.
   *
   * @param scale pixels of the PNG per unit of the spec
   * @param exact colours (0xrrggbb) that the PNG keeps to the bit; 'all' where there is a photograph
   */
  specPng?(spec: Spec, scale: number, exact?: ReadonlySet<number> | 'all'): Uint8Array;
  /** Writes a figure into a file, in the form that the file's ending names. */
  saveFigure?(figure: Drawn, path: string, options?: SaveOptions): Promise<void>;
}

/** Options of `figure.save`. */
export interface SaveOptions {
  /** Pixels of a PNG per pixel of the figure, 0.1 to 10. Default 1. */
  scale?: number;
  /**
   * An .html of `exploreFigure` with a model: whether the page carries model and engine, so that a reader can give it
   * pictures. Default false.
   */
  live?: boolean;
  /** The most bytes that a live page may have. Default 50 million. */
  maxBytes?: number;
  /**
   * Bits of each weight in a live page: 16 make it half as large and less exact, which the page says. Default 32.
   */
  bits?: 32 | 16;
}

/** The part of a figure that is saved. */
export interface Drawn {
  readonly spec: Spec;
  /** The spec of a picture. */
  readonly drawing: Spec;
  readonly text: string;
  readonly png: Uint8Array;
  /** What a live page needs. */
  readonly live?: LiveSource | undefined;
}

/** What the page that runs is made of, besides the still figure. */
export interface LiveSource {
  /** What `loadModel` returns. */
  model: object;
  picture: Pixels;
  labels?: Labels;
  /** What the author saw, to be compared with what the page computes. */
  activations: readonly Activation[];
  /** What is shown first. */
  layer: string;
  channel: number;
  opacity: number;
  cmap: ColormapName;
  scale: Scale;
}

/** Class names in the forms that `labels` takes. */
type Labels = readonly string[] | Readonly<Record<string, unknown>>;

/** Makes a page that runs; set by what knows models, which renderers do not. */
export type LivePages = (figure: Drawn, path: string, options: SaveOptions) => Promise<string>;

let livePages: LivePages | undefined;

/** Sets what makes pages that run. */
export function useLivePages(make: LivePages): void {
  livePages = make;
}

/** What makes pages that run; undefined where convlens itself is not loaded. */
export const livePageMaker = (): LivePages | undefined => livePages;

let current: Platform | undefined;

/** Sets the platform; the last call counts. */
export function usePlatform(platform: Platform): void {
  current = platform;
}

/** @throws {Error} before a platform is set */
export function platform(): Platform {
  if (!current) throw new Error('Cannot draw: no platform is set. Import convlens or convlens/core first.');
  return current;
}
