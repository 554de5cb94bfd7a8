import { base64 as bytesAsBase64 } from '../../../renderers/base64';
import { ATLAS_BINS, type Atlas, type AtlasLayer } from '../../maps/atlas';

/** What index.html knows of a layer before its own file is read. */
export interface SiteLayer {
  layer: string;
  type: string;
  height: number;
  width: number;
  channels: number;
  dead: number;
  /** Channels with the picture and the position of their largest value. */
  samples: [channel: number, picture: number, position: number][];
  rows: number[];
  columns: number[];
}

/** What index.html holds. */
export interface SiteHead {
  model: string;
  size: readonly [number, number];
  ending: string;
  pictures: number;
  skipped: number;
  top: number;
  layers: SiteLayer[];
  classes?: { names: readonly string[]; answers: readonly string[]; confusion: number[] };
}

/** Samples of a layer. */
const SAMPLES = 10;

export function siteHead(atlas: Atlas, ending: string): SiteHead {
  const { classes } = atlas;
  return {
    model: atlas.model,
    size: atlas.size,
    ending,
    pictures: atlas.pictures.length,
    skipped: atlas.skipped.length,
    top: atlas.layers[0]?.top ?? 0,
    layers: atlas.layers.map((one) => ({
      layer: one.layer,
      type: one.type,
      height: one.height,
      width: one.width,
      channels: one.channels,
      dead: deadOf(one).filter(Boolean).length,
      samples: samplesOf(one),
      rows: [...one.rows],
      columns: [...one.columns],
    })),
    ...(classes && {
      classes: { names: classes.names, answers: classes.answers, confusion: [...classes.confusion] },
    }),
  };
}

function deadOf({ channels, min, max, nan, positiveInfinity, negativeInfinity }: AtlasLayer): boolean[] {
  return Array.from(
    { length: channels },
    (_, c) => min[c] === max[c] && nan[c] === 0 && positiveInfinity[c] === 0 && negativeInfinity[c] === 0,
  );
}

/** Channels evenly apart that are alive, each with another picture where that is possible. */
function samplesOf(one: AtlasLayer): SiteLayer['samples'] {
  const dead = deadOf(one);
  const seen = new Set<number>();
  const alive = Array.from(dead.keys()).filter((c) => !dead[c] && one.topPictures[c * one.top]! >= 0);
  const step = Math.max(1, alive.length / SAMPLES);
  const chosen = Array.from({ length: Math.min(SAMPLES, alive.length) }, (_, i) => {
    const from = Math.floor(i * step);
    const some = alive.slice(from, Math.max(from + 1, Math.floor((i + 1) * step)));
    const channel = some.find((c) => !seen.has(one.topPictures[c * one.top]!)) ?? some[0]!;
    seen.add(one.topPictures[channel * one.top]!);
    return channel;
  });
  return chosen.map((c) => [c, one.topPictures[c * one.top]!, one.topPositions[c * one.top]!]);
}

/** Numbers of all channels of a layer that the pages sort by, as columns. */
export const SORT_COLUMNS = ['mean', 'std', 'max', 'sparsity', 'fires', 'auc'] as const;

function sortColumns(atlas: Atlas, one: AtlasLayer): Float32Array[] {
  const read = atlas.pictures.length - atlas.skipped.length;
  const classes = atlas.classes?.names.length ?? 0;
  const all = (c: number) =>
    one.count[c]! + one.nan[c]! + one.positiveInfinity[c]! + one.negativeInfinity[c]!;
  const best = (c: number) => {
    const areas = one.auc.length ? [...one.auc.subarray(c * classes, (c + 1) * classes)] : [];
    // An area below 0.5 tells the class as well, inverted.
    return areas.reduce((most: number, area: number) => Math.max(most, Math.max(area, 1 - area) || 0), 0);
  };
  const column = (value: (c: number) => number) =>
    Float32Array.from({ length: one.channels }, (_, c) => value(c));
  return [
    column((c) => (one.count[c] ? one.mean[c]! : Number.NaN)),
    column((c) => (one.count[c] ? one.std[c]! : Number.NaN)),
    column((c) => (one.count[c] ? one.max[c]! : Number.NaN)),
    column((c) => (all(c) ? one.zeros[c]! / all(c) : 0)),
    column((c) => (read ? one.fires[c]! / read : 0)),
    column(best),
  ];
}

/** Numbers in little-endian bytes, as base64. */
const base64 = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  bytesAsBase64(new Uint8Array(buffer, byteOffset, byteLength));

/** The script that brings the numbers that all channels are sorted by. */
export function channelsScript(atlas: Atlas): string {
  const columns = SORT_COLUMNS.map((_, i) => {
    const parts = atlas.layers.map((one) => sortColumns(atlas, one)[i]!);
    const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return base64(whole);
  });
  const first = (name: 'topPictures' | 'topPositions') =>
    base64(
      Int32Array.from(
        atlas.layers.flatMap((one) =>
          Array.from({ length: one.channels }, (_, c) => one[name][c * one.top]!),
        ),
      ),
    );
  return call('channels', { columns, pictures: first('topPictures'), positions: first('topPositions') });
}

/** The script that brings a layer's channels. */
export function layerScript(atlas: Atlas, index: number): string {
  const one = atlas.layers[index]!;
  return call('layer', {
    index,
    columns: sortColumns(atlas, one).map(base64),
    min: base64(one.min),
    odd: base64(
      Float32Array.from(one.nan, (nan, c) => nan + one.positiveInfinity[c]! + one.negativeInfinity[c]!),
    ),
    exponents: base64(one.exponents),
    bins: base64(heightsOf(one)),
    values: base64(one.topValues),
    pictures: base64(one.topPictures),
    positions: base64(one.topPositions),
    partners: base64(one.partners),
    correlations: base64(Float32Array.from(one.correlations)),
    auc: base64(Float32Array.from(one.auc)),
  });
}

/** The names of the pictures. */
export const namesScript = (atlas: Atlas): string => call('names', atlas.pictures);

/** The bins of each channel, 0..255 of its fullest; one value is seen. */
function heightsOf({ bins, channels }: AtlasLayer): Uint8Array {
  const heights = new Uint8Array(bins.length);
  for (let c = 0; c < channels; c++) {
    const own = bins.subarray(c * ATLAS_BINS, (c + 1) * ATLAS_BINS);
    const most = own.reduce((a, b) => Math.max(a, b), 0);
    for (const [i, count] of own.entries()) {
      heights[c * ATLAS_BINS + i] = count && Math.max(1, Math.round((255 * count) / most));
    }
  }
  return heights;
}

function call(name: string, value: unknown): string {
  return `convlensAtlas(${JSON.stringify(name)}, ${JSON.stringify(value).replaceAll('<', '\\u003c')});\n`;
}
