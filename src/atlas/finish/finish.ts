import type { Fields } from '../../explain/receptive-field';
import type { Atlas, AtlasClasses, AtlasLayer } from '../../maps/atlas';
import type { LayerTotals } from '../layer-totals';
import { type AtlasPlan, type PlannedLayer, shardsOf } from '../plan';
import { mergeShards, type Shard, type ShardStore } from '../shard';
import { areas, MOST_PICTURES } from './auc';
import { MOST_CHANNELS, partnersOf } from './together';

/** Numbers of the largest values that are in memory at once. */
const AT_ONCE = 64e6;

/** What is computed of all shards together. */
export interface FinishOptions {
  /** The receptive fields of each layer. */
  readonly fields: readonly Fields[];
  /** Whether to compute which channels respond together. */
  readonly together: boolean;
  /** Called before each layer. */
  readonly onLayer?: (done: number) => Promise<void> | void;
}

/** Merges the shards, in their order, and computes what needs all pictures. */
export async function finish(plan: AtlasPlan, store: ShardStore, options: FinishOptions): Promise<Atlas> {
  const all = store.get(0);
  for (let shard = 1; shard < shardsOf(plan); shard++) mergeShards(all, store.get(shard));
  const layers: AtlasLayer[] = [];
  for (const [i, planned] of plan.layers.entries()) {
    await options.onLayer?.(i);
    const parts = (use: (maxima: Float32Array) => void) => {
      for (let shard = 0; shard < shardsOf(plan); shard++) use(store.maxima(shard, i));
    };
    layers.push({
      ...numbersOf(planned, all.totals[i]!, options.fields[i]!),
      ...(options.together && planned.channels <= MOST_CHANNELS
        ? partnersOf(planned.channels, parts)
        : { partners: new Int32Array(0), correlations: new Float64Array(0) }),
      auc: aucOf(plan, planned.channels, parts),
    });
  }
  return {
    model: plan.model,
    size: plan.size,
    preprocess: plan.preprocess,
    pictures: plan.pictures,
    skipped: all.skipped,
    layers,
    ...(plan.classes && { classes: classesOf(plan.classes, all) }),
  };
}

function numbersOf(planned: PlannedLayer, totals: LayerTotals, { rows, columns }: Fields) {
  const { squares, ...numbers } = totals;
  return {
    layer: planned.path,
    type: planned.type,
    height: planned.height,
    width: planned.width,
    ...numbers,
    std: totals.squares.map((sum, channel) => Math.sqrt(sum / totals.count[channel]!)),
    rows: Int32Array.from(rows.flat()),
    columns: Int32Array.from(columns.flat()),
  };
}

/** Areas of all channels, some channels at a time so that all pictures fit into memory. */
function aucOf(
  { pictures, classes }: AtlasPlan,
  channels: number,
  parts: (use: (maxima: Float32Array) => void) => void,
): Float64Array {
  if (!classes || pictures.length > MOST_PICTURES) return new Float64Array(0);
  const { names, labels } = classes;
  const auc = new Float64Array(channels * names.length);
  const width = Math.max(1, Math.min(channels, Math.floor(AT_ONCE / pictures.length)));
  for (let first = 0; first < channels; first += width) {
    const some = Math.min(width, channels - first);
    const columns = Array.from({ length: some }, () => new Float32Array(pictures.length));
    let picture = 0;
    parts((maxima) => {
      for (let start = first; start < maxima.length; start += channels, picture++) {
        for (let c = 0; c < some; c++) columns[c]![picture] = maxima[start + c]!;
      }
    });
    for (const [c, values] of columns.entries()) {
      const at = (first + c) * names.length;
      areas(values, labels, names.length, auc.subarray(at, at + names.length));
    }
  }
  return auc;
}

function classesOf({ names, labels }: NonNullable<AtlasPlan['classes']>, all: Shard): AtlasClasses {
  const confusion = new Float64Array(names.length * all.classes);
  for (const [picture, answer] of all.answers.entries()) {
    const label = labels[picture]!;
    if (label >= 0 && answer >= 0) confusion[label * all.classes + answer]!++;
  }
  // A model that answers with as many classes was trained on them, in the order of their names.
  const answers = Array.from({ length: all.classes }, (_, i) =>
    all.classes === names.length ? names[i]! : String(i),
  );
  return { names, labels: Int32Array.from(labels), answers, confusion };
}
