import { channelTile, sortText } from './channel-tile';
import { head, isDead, layerData, SORTS } from './data';
import { element } from './element';
import { type Order, sorted, sortTools } from './sorting';
import { tileWindow } from './window';

/** What a layer's channels respond to: four patches of each. */
export async function layerView(
  index: number,
  order: Order,
  changed: (order: Order) => void,
): Promise<HTMLElement> {
  const layer = head.layers[index]!;
  const data = await layerData(index);
  const all = Array.from({ length: layer.channels }, (_, c) => c).filter(
    (c) => !order.alive || !isDead(data, c),
  );
  const shown = sorted(all, data.columns, order);
  const fires = SORTS.findIndex(([name]) => name === 'fires');
  const sort = order.by < 0 ? fires : order.by;
  return element(
    'main',
    {},
    element('h1', {}, layer.layer),
    element(
      'p',
      { class: 'facts' },
      `${layer.type} · ${layer.channels} channels of ${layer.height} × ${layer.width}${layer.dead ? ` · ${layer.dead} dead over all pictures` : ''}`,
    ),
    sortTools(order, changed, layer.dead > 0),
    tileWindow(shown.length, { least: 128, below: 26 }, (i, width) => {
      const channel = shown[i]!;
      const patches = Array.from({ length: Math.min(4, head.top) }, (_, rank) => channel * head.top + rank)
        .filter((at) => data.pictures[at]! >= 0)
        .map((at) => [data.pictures[at]!, data.positions[at]!] as const);
      return channelTile(layer, channel, patches, width, {
        text: `${order.by < 0 ? 'fires ' : ''}${sortText(sort, data.columns[sort]![channel]!)}`,
        dead: isDead(data, channel),
      });
    }),
  );
}
