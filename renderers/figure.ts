import { FigureError } from '../src/errors';
import { base64 } from './base64';
import { type LiveSource, platform, type SaveOptions } from './platform';
import type { MimeBundle, Spec } from './spec';

/** Pixels of a bundle's PNG per CSS pixel: sharp on high-density screens, in slides and in print. */
const BUNDLE_RATIO = 2;

/**
 * A figure in three equivalent forms: a Vega-Lite v5 spec, a PNG and a line of text.
 */
export class Figure {
  /** What JupyterLab, Notebook and VS Code draw; its description is the text. */
  readonly spec: Spec;
  #png: Uint8Array | undefined;

  /**
   * @param spec what JupyterLab, Notebook and VS Code draw
   * @param text what a terminal shows
   * @param options.drawing a spec that looks the same and draws faster (no invisible or single cells)
   * @param options.exact colours (0xrrggbb) that the PNG keeps to the bit, besides those of NaN and ±Infinity,
   *   which it always keeps; 'all' for figures with a photograph
   * @param options.live what a page that runs needs
   */
  constructor(
    spec: Spec,
    readonly text: string,
    private readonly options: {
      drawing?: Spec;
      exact?: ReadonlySet<number> | 'all';
      live?: LiveSource | undefined;
    } = {},
  ) {
    // What a screen reader says of it.
    this.spec = { ...spec, description: text };
  }

  /** @internal what a page that runs needs */
  get live(): LiveSource | undefined {
    return this.options.live;
  }

  /** @internal the spec of a picture, whose pointer finds nothing */
  get drawing(): Spec {
    return this.options.drawing ?? this.spec;
  }

  /**
   * The figure as the bytes of a PNG file, with one pixel per CSS pixel.
   *
   * @throws {FigureError} in a browser, where Vega draws the spec
   */
  get png(): Uint8Array {
    this.#png ??= this.#draw(1);
    return this.#png;
  }

  /**
   * Writes the figure into a file: .png (at any `scale`), .svg, .json (the Vega-Lite spec) or .html (interactive, offline).
   * With `live: true` the .html of `exploreFigure(activations, { model, picture })` carries the model and what runs it:
   * readers give it their own pictures, with nothing but a browser.
   *
   * @param path of the file; its ending decides
   * @param options how
   * @param options.scale of a PNG: pixels per pixel of the figure, 0.1 to 10; default 1
   * @param options.live of an .html: whether the page runs the model; default false
   * @param options.maxBytes the most bytes that a live page may have; default 50 million
   * @param options.bits of each weight in a live page, 32 or 16; default 32
   * @returns a promise that resolves when the file is written
   * @throws {TypeError} for an unknown option, or `live: true` of a figure without a model
   * @throws {RangeError} for another ending, a scale beyond 0.1 to 10, or a live page above `maxBytes`
   * @throws {ModelError} when a browser cannot compute a layer, which is named
   * @throws {FigureError} when the folder is missing or cannot be written
   * @example
   * await matshowFigure(activations[0], { channel: 1 }).save('channel-1.png', { scale: 2 });
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    const { saveFigure } = platform();
    if (!saveFigure) {
      throw new FigureError(
        `Cannot save ${path}: a browser writes no files. Use figure.spec, or save in Node.`,
      );
    }
    await saveFigure(this, path, options);
  }

  /**
   * All forms. There is never text/html among them, since front ends would prefer it to all others.
   * The PNG has two pixels per CSS pixel; its metadata has `width` and `height` in CSS pixels, and the text as `alt`.
   *
   * @returns spec, PNG and text; in a browser, where Vega draws the spec, without the PNG
   * @example
   * console.log(Object.keys(matshowFigure(activations[0]).bundle().data));
   */
  bundle(): MimeBundle {
    const forms = { 'application/vnd.vegalite.v5+json': this.spec };
    // Vega draws the spec in a page.
    if (!platform().specPng) return { data: { ...forms, 'text/plain': this.text }, metadata: {} };
    const png = this.#draw(BUNDLE_RATIO);
    // Width and height from the PNG's header, in CSS pixels.
    const header = new DataView(png.buffer, png.byteOffset);
    const [width, height] = [16, 20].map((at) => Math.round(header.getUint32(at) / BUNDLE_RATIO));
    return {
      data: { ...forms, 'image/png': base64(png), 'text/plain': this.text },
      metadata: { 'image/png': { width, height, alt: this.text } },
    };
  }

  #draw(pixelRatio: number): Uint8Array {
    const { specPng } = platform();
    if (!specPng) {
      throw new FigureError(
        'Cannot draw a PNG: a browser has no node-canvas. Draw figure.spec with vega-embed.',
      );
    }
    return specPng(this.drawing, pixelRatio, this.options.exact);
  }
}
