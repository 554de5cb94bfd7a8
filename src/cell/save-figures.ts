import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../../renderers/figure';
import { checkKinds } from '../checks/check-kinds';
import { valueName } from '../checks/value-name';
import { FigureError } from '../errors';

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
  const named: [string, Figure][] = Array.isArray(figures)
    ? figures.map((figure: Figure) => [String(figure?.text ?? '').split(/[;\n]/)[0]!, figure])
    : Object.entries((figures ?? {}) as Record<string, Figure>);
  const wrong = named.find(([, figure]) => typeof figure?.save !== 'function');
  if (wrong || named.length === 0) {
    throw new TypeError(
      `Cannot save the figures: ${wrong ? `one is ${valueName(wrong[1])}` : 'there are none'}. Pass what functions named …Figure return.`,
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

/** A name that every file system takes: letters and digits of any language, and hyphens. */
function fileName(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N}_.]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 100) || 'figure'
  );
}

/** The name, with a number where a figure before it has the same; case counts on some file systems only. */
function unused(name: string, used: Set<string>): string {
  let free = name;
  for (let i = 2; used.has(free.toLowerCase()); i++) free = `${name}-${i}`;
  used.add(free.toLowerCase());
  return free;
}
