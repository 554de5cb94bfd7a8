import { dirname, join } from 'node:path';
import { Canvas, createCanvas, Image, registerFont } from 'canvas';
import type { TopLevelSpec } from 'vega-lite';
import type { Spec } from '../spec';
import { NOT_FINITE } from '../theme';
import { drawingPng } from './palette';
import { hexNumber } from './raster';

// The same font on every machine, even without fonts: snapshots are compared by pixels.
const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
registerFont(join(fonts, 'DejaVuSans.ttf'), { family: 'DejaVu Sans' });
registerFont(join(fonts, 'DejaVuSans-Bold.ttf'), { family: 'DejaVu Sans', weight: 'bold' });

/** Parts of Vega that its types do not declare. */
interface SceneNode {
  marktype?: string;
  items?: SceneNode[];
  url?: string;
  image?: Image & { url?: string };
}
interface DrawnView {
  _viewWidth: number;
  _viewHeight: number;
  _origin: [number, number];
}

/**
 * Draws a Vega-Lite spec with Vega, synchronously, since a cell's output must be there when the cell ends. All data
 * must be in the spec; the loader refuses everything else.
 *
 * @param scale pixels of the PNG per unit of the spec
 * @param exact colours (0xrrggbb) that must stay exact even if the palette is full, besides those of values that are
 *   not finite; 'all' for a drawing with a photograph
 */
export function specPng(
  spec: Spec,
  scale: number,
  exact: ReadonlySet<number> | 'all' = new Set(),
): Uint8Array {
  const canvas = drawSpec(spec, scale);
  try {
    if (exact === 'all')
      return canvas.toBuffer('image/png', { compressionLevel: 6, filters: Canvas.PNG_ALL_FILTERS });
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    return drawingPng(width, height, data, new Set([...exact, ...NOT_FINITE.map(hexNumber)]));
  } finally {
    // Frees its pixels now: V8 does not count them, so many canvases would wait for one collection.
    canvas.width = 0;
    canvas.height = 0;
  }
}

/** A Vega-Lite spec as SVG, drawn by Vega, with its pictures inlined. */
export async function specSvg(spec: Spec): Promise<string> {
  const view = viewOf(spec);
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

function viewOf(spec: Spec): import('vega').View {
  const vega: typeof import('vega') = require('vega');
  const { compile }: typeof import('vega-lite') = require('vega-lite');
  return new vega.View(vega.parse(compile(spec as unknown as TopLevelSpec).spec), {
    renderer: 'none',
    loader: closedLoader(),
  }).run();
}

/** A loader that refuses everything but the pictures in the spec. */
function closedLoader(): import('vega').Loader {
  const vega: typeof import('vega') = require('vega');
  const loader = vega.loader();
  loader.sanitize = (uri) =>
    uri.startsWith('data:image/')
      ? Promise.resolve({ href: uri })
      : Promise.reject(new Error('a figure loads nothing'));
  return loader;
}

function drawSpec(spec: Spec, scale: number): Canvas {
  const vega: typeof import('vega') = require('vega');
  const view = viewOf(spec);
  const loader = view.loader();
  const scene = view.scenegraph() as unknown as { root: SceneNode };
  decodeImages(scene.root);
  const padding = view.padding() as { left: number; right: number; top: number; bottom: number };
  const { _viewWidth, _viewHeight, _origin } = view as unknown as DrawnView;
  const width = _viewWidth + padding.left + padding.right;
  const height = _viewHeight + padding.top + padding.bottom;
  const canvas = createCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const origin = [_origin[0] + padding.left, _origin[1] + padding.top];
  const externalContext = canvas.getContext('2d');
  // biome-ignore lint/suspicious/noExplicitAny: vega's types lack the renderer's constructor and options
  const renderer = new (vega as any).CanvasRenderer(loader);
  renderer.initialize(null, width, height, origin, scale, { externalContext });
  renderer.background(view.background()).render(scene.root);
  view.finalize();
  return canvas;
}

/** Decodes the scene's pictures synchronously; Vega's renderer would load them later and draw again. */
function decodeImages(node: SceneNode): void {
  for (const item of node.items ?? []) {
    if (node.marktype === 'image' && item.url) {
      item.image = new Image();
      item.image.src = item.url;
      item.image.url = item.url;
    }
    decodeImages(item);
  }
}

/** Loads Vega, before the first figure needs it. */
export function preload(): void {
  require('vega');
  require('vega-lite');
}
