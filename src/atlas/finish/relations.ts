import type { AtlasLayer } from '../../maps/atlas';
import { type AtlasPlan, shardsOf } from '../plan';
import type { Maxima, ShardStore } from '../shard';
import { areasOf, MOST_PICTURES } from './auc';
import { MOST_CHANNELS, partnersOf } from './together';

/** What of a layer needs the largest values of all pictures: which channels respond together, and which tell classes apart. */
export type Relations = Pick<AtlasLayer, 'partners' | 'correlations' | 'auc'>;

/** @param together whether to compute which channels respond together */
export function relationsOf(plan: AtlasPlan, store: ShardStore, layer: number, together: boolean): Relations {
  const { channels } = plan.layers[layer]!;
  const parts = (use: (maxima: Maxima) => void) => {
    for (let shard = 0; shard < shardsOf(plan); shard++) use(store.maxima(shard, layer));
  };
  return {
    ...(together && channels <= MOST_CHANNELS
      ? partnersOf(channels, parts)
      : { partners: new Int32Array(0), correlations: new Float64Array(0) }),
    auc: areasOf(plan, channels, parts),
  };
}

/** Comparing a value with a class costs as much as so many products of a correlation. */
const PER_VALUE = 200;

/** How much work the relations of all layers are, in products; a processor computes 1 to 2 billion in a second. */
export function workOfRelations({ pictures, classes, layers }: AtlasPlan, together: boolean): number {
  const areas = classes && pictures.length <= MOST_PICTURES ? PER_VALUE : 0;
  const perPicture = layers.map(({ channels }) => {
    const products = together && channels <= MOST_CHANNELS ? channels ** 2 / 2 : 0;
    return products + areas * channels;
  });
  return pictures.length * perPicture.reduce((sum, work) => sum + work, 0);
}
