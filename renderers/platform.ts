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
  saveFigure?(figure: Drawn, path: string, options?: { scale?: number }): Promise<void>;
}

/** The part of a figure that is saved. */
export interface Drawn {
  readonly spec: Spec;
  readonly text: string;
  readonly png: Uint8Array;
}

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
