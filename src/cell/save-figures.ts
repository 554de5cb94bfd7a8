import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../../renderers/figure';
import { checkKinds } from '../checks/check-kinds';
import { valueName } from '../checks/value-name';
import { FigureError } from '../errors';

const FORMATS: readonly string[] = ['png', 'svg', 'json', 'html'];

/** Options of `saveFigures`. */
export interface SaveFiguresOptions {
  /** The kind of files. Default 'png'. */
  format?: 'png' | 'svg' | 'json' | 'html';
  /** Pixels of a PNG per pixel of the figure, 0.1 to 10. Default 1. */
  scale?: number;
}

/**
 * Saves several figures into a folder, which is made if it is missing.
 *
 * @param figures by name, which becomes the file's; or a list, whose files are named by the figures' titles
 * @param folder where to
 * @param options the kind of files
 * @returns a promise of the files' paths
 * @throws {TypeError} when there is something else among the figures
 * @throws {FigureError} when the folder cannot be made or written to
 * @example
 * await saveFigures(activations.map((activation) => gridFigure(activation)), 'figures');
 */
export async function saveFigures(
  figures: Readonly<Record<string, Figure>> | readonly Figure[],
  folder: string,
  options: SaveFiguresOptions = {},
): Promise<string[]> {
  checkKinds('save the figures', options, { format: 'string', scale: 'number' });
  const { format = 'png', scale } = options;
  if (!FORMATS.includes(format)) {
    throw new RangeError(
      `Cannot save the figures: format is ${JSON.stringify(format)}. Choose from ${FORMATS.join(', ')}.`,
    );
  }
  if (typeof folder !== 'string' || !folder || /^[a-z][a-z+.-]+:\/\//i.test(folder)) {
    const given = typeof folder === 'string' ? JSON.stringify(folder) : valueName(folder);
    throw new TypeError(`Cannot save the figures: the folder is ${given}. Give its path, such as 'figures'.`);
  }
  const named: [string, Figure][] = Array.isArray(figures)
    ? figures.map((figure: Figure) => [String(figure?.text ?? '').split(/[;\n]/)[0]!, figure])
    : Object.entries((figures ?? {}) as Record<string, Figure>);
  const wrong = named.find(([, figure]) => typeof figure?.save !== 'function');
  const isList =
    Array.isArray(figures) || [Object.prototype, null].includes(Object.getPrototypeOf(figures ?? 0));
  if (wrong || named.length === 0 || !isList) {
    const why = !isList
      ? `this is ${valueName(figures)}`
      : wrong
        ? `one is ${valueName(wrong[1])}`
        : 'there are none';
    throw new TypeError(
      `Cannot save the figures: ${why}. Pass a list, or an object, of what functions named …Figure return.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new FigureError(
      `Cannot save the figures: the folder ${folder} cannot be made (${(cause as NodeJS.ErrnoException).code}). Choose another.`,
      { cause },
    );
  }
  const used = new Set<string>();
  const paths: string[] = [];
  for (const [name, figure] of named) {
    const path = join(folder, `${unused(fileName(name), used)}.${format}`);
    await figure.save(path, scale === undefined ? {} : { scale });
    paths.push(path);
  }
  return paths;
}

/** Bytes of a name: file systems take 255, and an ending and a number follow. */
const LONGEST = 200;

/** A name that every file system takes: letters and digits of any language, and hyphens. */
function fileName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_.]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  let short = '';
  for (const letter of plain) {
    if (short.length === 100 || Buffer.byteLength(short + letter) > LONGEST) break;
    short += letter;
  }
  // Windows keeps these names for devices.
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? `figure-${short}` : short || 'figure';
}

/** The name, with a number where a figure before it has the same; case counts on some file systems only. */
function unused(name: string, used: Set<string>): string {
  let free = name;
  for (let i = 2; used.has(free.toLowerCase()); i++) free = `${name}-${i}`;
  used.add(free.toLowerCase());
  return free;
}
