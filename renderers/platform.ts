import type { Figure } from './figure';
import type { Spec } from './spec';

/**
 * What a platform lends to the renderers. In Node, node.ts lends zlib, node-canvas and files; in a browser, src/core.ts
 * lends fflate, and Vega draws the spec, so nothing there needs a PNG of a whole figure.
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
  saveFigure?(figure: Figure, path: string, options?: { scale?: number }): Promise<void>;
}

let lent: Platform | undefined;

/** Sets the platform; the last call counts. */
export function usePlatform(platform: Platform): void {
  lent = platform;
}

/** @throws {Error} before a platform is set */
export function platform(): Platform {
  if (!lent) throw new Error('Cannot draw: no platform is set. Import convlens or convlens/core first.');
  return lent;
}
