import type { Fields } from '../../explain/receptive-field';
import type { Atlas, AtlasClasses, AtlasLayer } from '../../maps/atlas';
import type { LayerTotals } from '../layer-totals';
import { type AtlasPlan, type PlannedLayer, shardsOf } from '../plan';
import { mergeShards, type Shard, type ShardStore } from '../shard';
import type { Relations } from './relations';

/** What is computed of all shards together. */
export interface FinishOptions {
  /** The receptive fields of each layer. */
  readonly fields: readonly Fields[];
  /** What relates a layer's channels to each other and to the classes. */
  readonly relations: (layer: number) => Relations;
  /** Called before each layer. */
  readonly onLayer?: (done: number) => Promise<void> | void;
}

/** Merges the shards, in their order. */
export async function atlasOfShards(
  plan: AtlasPlan,
  store: ShardStore,
  options: FinishOptions,
): Promise<Atlas> {
  const all = store.get(0);
  for (let shard = 1; shard < shardsOf(plan); shard++) mergeShards(all, store.get(shard));
  const layers: AtlasLayer[] = [];
  for (const [i, planned] of plan.layers.entries()) {
    await options.onLayer?.(i);
    layers.push({
      ...numbersOf(planned, all.totals[i]!, options.fields[i]!),
      ...options.relations(i),
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
