import { escapeHtml } from '../../renderers/page';
import { dataUrl } from '../../renderers/picture';
import type { Drawn, LiveSource, SaveOptions } from '../../renderers/platform';
import { ModelError } from '../errors';
import type { Model } from '../keras/model';
import { shapeText } from '../keras/model';
import { labelsOf } from '../keras/run/labels';
import { preprocessOfModel } from '../keras/run/preprocess-of-model';
import type { PreprocessMode } from '../pictures/preprocess';
import { wasmFile } from '../tensorflow/wasm-file';
import { bundle } from './bundles';
import { checkSize } from './check-size';
import { jsonSection, runningDocument, section } from './document';
import type { EngineParts } from './explorer-messages';
import { packModel } from './model/pack-model';
import type { PackedModel } from './model/packed-model';
import type { ExplorerSettings } from './page/settings';
import { EXPLORER_STYLE } from './style';
import { compareEngine, type Difference, engineInThread } from './try-engine';

/** The ways to preprocess a picture, in the order in which they are tried. */
const MODES: readonly PreprocessMode[] = ['0..1', 'raw', 'tf', 'caffe', 'torch'];
/** Relative difference up to which the page's maps are the author's. float16 weights change maps by some percent. */
const SAME = { 32: 1e-3, 16: 0.2 };

/**
 * An explorer as a page that runs: one file with the model, TensorFlow.js and the still figure, which stays where wasm
 * is refused. The page's own engine is tried on the author's picture before anything is written.
 *
 * @param path of the file, for errors
 * @throws {TypeError} when the model is not one of `loadModel`
 * @throws {RangeError} when the model takes no single picture, or the page is too large
 * @throws {ModelError} when the browser's engine cannot compute a layer, or computes other maps than the author's
 */
export async function explorerPage(figure: Drawn, path: string, options: SaveOptions): Promise<string> {
  const { maxBytes = 50e6, bits = 32 } = options;
  const what = `save ${path} as a live page`;
  if (!(maxBytes > 0))
    throw new RangeError(`Cannot ${what}: maxBytes is ${maxBytes}. Give a number of bytes.`);
  if (bits !== 32 && bits !== 16) throw new RangeError(`Cannot ${what}: bits is ${bits}. Give 32 or 16.`);
  const live = figure.live!;
  const { model, picture } = live;
  const size = sizeOf(model as Model, picture, what);
  const packed = packModel(model, what, bits);
  checkSize(what, path, (packed.weights.byteLength * 4) / 3, maxBytes);
  const labels = live.labels && labelsOf(live.labels);
  const parts = { wasm: wasmFile(), model: packed, size, ...(labels && { labels }) };
  const { preprocess, difference } = await tryPage(what, parts, live, SAME[bits]);
  const { weights, ...facts } = packed;
  const [title] = figure.text.split(/[\n;]/);
  const settings: ExplorerSettings = {
    title: (model as Model).name ?? title!,
    model: facts,
    ...{ size, preprocess },
    pictureChannels: picture.channels,
    ...(labels && { labels }),
    layer: live.layer,
    channel: live.channel,
    ...{ opacity: live.opacity, cmap: live.cmap, scale: live.scale },
    notes: notesOf(packed, difference),
  };
  const still = `<img class="still" alt="${escapeHtml(figure.text)}" src="${dataUrl(figure.png)}">`;
  const html = runningDocument({
    title: escapeHtml(settings.title),
    style: EXPLORER_STYLE,
    body: `${bodyOf(settings, still)}
${jsonSection('settings', settings)}
${section('picture', picture.data)}
${section('engine', bundle('engine'))}
${section('wasm', parts.wasm)}
${section('weights', weights)}`,
    scripts: [bundle('explorer')],
  });
  checkSize(what, path, html.length, maxBytes);
  return html;
}

function bodyOf({ title, notes, size }: ExplorerSettings, still: string): string {
  const said = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('');
  return `<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="lead">Give the network a picture of yours. It runs in this page: the picture does not leave it, and nothing is loaded.</p>
<p id="status" role="status">Starting the network …</p>
<noscript><p>Without scripts this page is a still figure.</p></noscript>
</header>
<div id="app">${still}</div>
<footer>
<p>Made with convlens; TensorFlow.js computes, on WebAssembly. A picture is resized to ${size[0]} × ${size[1]} pixels, as Keras does it.</p>
${said ? `<ul>${said}</ul>` : ''}
</footer>
</main>
<div class="dropzone" aria-hidden="true">Drop the picture</div>`;
}

function notesOf({ bits }: PackedModel, { worst, layer }: Difference): string[] {
  if (bits === 32) return [];
  return [
    `The weights have 16 bits: on the author's picture the maps differ by up to ${(100 * worst).toPrecision(2)} % of a layer's largest value (${layer}).`,
  ];
}

/** The input's size: the model's, or the picture's where the model takes any. */
function sizeOf(
  { inputs }: Model,
  picture: LiveSource['picture'],
  what: string,
): readonly [number, number, number] {
  const shapes = (inputs ?? []).map(({ shape }) => shapeText(shape)).join(' and ');
  const [, height, width, channels] = inputs?.[0]?.shape ?? [];
  if (inputs?.length !== 1 || inputs[0]!.shape.length !== 4 || ![1, 3, 4].includes(channels ?? 0)) {
    throw new RangeError(
      `Cannot ${what}: readers give it one picture, and the model takes ${shapes || 'none'}.`,
    );
  }
  const size = [height ?? picture.height, width ?? picture.width, channels!] as const;
  if (picture.height === size[0] && picture.width === size[1] && picture.channels === size[2]) return size;
  const mode = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' }[channels as 1 | 3 | 4];
  throw new RangeError(
    `Cannot ${what}: the picture has ${picture.height} × ${picture.width} pixels of ${picture.channels} channels, and the model takes ${size.join(' × ')}. Load it with { targetSize: [${size[0]}, ${size[1]}], colorMode: '${mode}' }.`,
  );
}

type Tried = Omit<EngineParts, 'preprocess'>;

/**
 * Runs the page's engine on the author's picture, and finds the preprocessing that gives the author's maps.
 *
 * @throws {ModelError} when a layer cannot be computed there, or no preprocessing gives these maps
 */
async function tryPage(
  what: string,
  parts: Tried,
  { model, picture, activations }: LiveSource,
  same: number,
): Promise<{ preprocess: PreprocessMode; difference: Difference }> {
  const engine = engineInThread();
  try {
    const first = preprocessOfModel(model as Model).mode;
    await engine.start({ ...parts, preprocess: first });
    let best: { preprocess: PreprocessMode; difference: Difference } | undefined;
    for (const preprocess of new Set([first, ...MODES])) {
      if ((preprocess === 'caffe' || preprocess === 'torch') && picture.channels !== 3) continue;
      const difference = await compareEngine(engine, picture, preprocess, activations);
      if (!best || difference.worst < best.difference.worst) best = { preprocess, difference };
      if (best.difference.worst <= same) break;
    }
    if (best!.difference.worst <= same) return best!;
    const { worst, layer } = best!.difference;
    throw new ModelError(
      `the maps of the page differ from these activations by ${worst.toPrecision(2)} of the largest value of "${layer}". Pass the picture that the activations were computed from, preprocessed by toTensor(picture, { preprocess }).`,
    );
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name === 'RangeError') throw new RangeError(`Cannot ${what}: ${message}`, { cause });
    throw new ModelError(`Cannot ${what}: ${message}`, { cause });
  } finally {
    await engine.end();
  }
}
