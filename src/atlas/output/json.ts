import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AtlasError } from '../../errors';
import { localPath } from '../../files/local-path';
import type { Atlas, AtlasLayer } from '../../maps/atlas';
import { readKept, rememberSource } from '../picture-source';

/** The columns of a layer, and what each holds. */
const COLUMNS = {
  count: Float64Array,
  mean: Float64Array,
  std: Float64Array,
  min: Float32Array,
  max: Float32Array,
  zeros: Float64Array,
  nan: Float64Array,
  positiveInfinity: Float64Array,
  negativeInfinity: Float64Array,
  fires: Float64Array,
  exponents: Int32Array,
  bins: Float64Array,
  topValues: Float32Array,
  topPictures: Int32Array,
  topPositions: Int32Array,
  rows: Int32Array,
  columns: Int32Array,
  partners: Int32Array,
  correlations: Float64Array,
  auc: Float64Array,
} as const;

/** A float32 in the fewest digits that give it back. */
function digits(value: number): number {
  for (const count of [6, 7, 8]) {
    const short = Number(value.toPrecision(count));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** Numbers as JSON has them: those that are not finite as text. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** An atlas as JSON: one line per column of a layer. */
export function atlasJson(atlas: Atlas): string {
  const layers = atlas.layers.map((layer) => {
    const { layer: name, type, height, width, channels, top } = layer;
    const columns = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).map((column) => {
      const values = layer[column];
      const isFloat = values instanceof Float32Array;
      return `   "${column}": ${JSON.stringify(Array.from(values, (value) => jsonNumber(isFloat && Number.isFinite(value) ? digits(value) : value)))}`;
    });
    const head = JSON.stringify({ layer: name, type, height, width, channels, top }).slice(1, -1);
    return `  {${head},\n${columns.join(',\n')}}`;
  });
  const { model, size, preprocess, pictures, skipped, classes } = atlas;
  const head = { format: 'convlens atlas 1', model, size, preprocess, pictures, skipped };
  const labelled = classes && {
    ...classes,
    labels: [...classes.labels],
    confusion: [...classes.confusion],
  };
  const lines = Object.entries({ ...head, ...(labelled && { classes: labelled }) }).map(
    ([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')},\n "layers": [\n${layers.join(',\n')}\n ]\n}\n`;
}

/**
 * Reads an atlas that `atlas` or `convlens atlas` has written.
 *
 * @param source its folder, or the `atlas.json` in it
 * @returns the atlas
 * @throws {AtlasError} when it cannot be read
 * @example
 * console.log(loadAtlas('atlas').layers.length); // 2
 */
export function loadAtlas(source: string | URL): Atlas {
  const given = localPath(source, AtlasError);
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory();
  const path = isFolder ? join(given, 'atlas.json') : given;
  let json: { format?: unknown; layers: Record<string, unknown>[]; classes?: Record<string, never> };
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new AtlasError(
      `Cannot load ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}. Give the folder that convlens atlas has written.`,
      { cause },
    );
  }
  if (json?.format !== 'convlens atlas 1' || !Array.isArray(json.layers)) {
    throw new AtlasError(
      `Cannot load ${path}: it is no atlas of this version of convlens. Run convlens atlas again.`,
    );
  }
  const { format, layers, classes, ...rest } = json;
  const atlas = {
    ...rest,
    layers: layers.map((layer) => {
      const columns = Object.entries(COLUMNS).map(([name, Type]) => [
        name,
        (Type as Float64ArrayConstructor).from(((layer[name] ?? []) as unknown[]).map(Number)),
      ]);
      return { ...layer, ...Object.fromEntries(columns) } as AtlasLayer;
    }),
    ...(classes && {
      classes: {
        ...classes,
        labels: Int32Array.from(classes['labels']!),
        confusion: Float64Array.from(classes['confusion']!),
      },
    }),
  } as unknown as Atlas;
  return rememberSource(atlas, { read: readKept(atlas, dirname(path)) });
}
