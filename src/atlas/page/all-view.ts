import { channelTile, sortText } from './channel-tile';
import { channelsData, head, SORTS } from './data';
import { element } from './element';
import { type Order, sorted, sortTools } from './sorting';
import { tileWindow } from './window';

/** Where each layer's channels begin among all. */
const STARTS = [0];
for (const { channels } of head.layers) STARTS.push(STARTS.at(-1)! + channels);

/** The layer that a channel of all belongs to. */
function layerOf(index: number): number {
  let [low, high] = [0, head.layers.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (STARTS[middle]! <= index) low = middle;
    else high = middle;
  }
  return low;
}

/** All channels of all layers whose names hold some words. */
export async function allView(
  words: string,
  order: Order,
  changed: (order: Order) => void,
): Promise<HTMLElement> {
  const data = await channelsData();
  const wanted = words.trim().toLowerCase();
  const all: number[] = [];
  for (const [i, { layer, type, channels }] of head.layers.entries()) {
    if (!`${layer} ${type}`.toLowerCase().includes(wanted)) continue;
    for (let c = 0; c < channels; c++) all.push(STARTS[i]! + c);
  }
  const std = data.columns[1]!;
  const shown = sorted(order.alive ? all.filter((i) => std[i] !== 0) : all, data.columns, order);
  const sort = order.by < 0 ? SORTS.findIndex(([name]) => name === 'fires') : order.by;
  return element(
    'main',
    {},
    element('h1', {}, 'All channels'),
    element(
      'p',
      { class: 'facts' },
      `${shown.length.toLocaleString('en')} of ${STARTS.at(-1)!.toLocaleString('en')} channels`,
    ),
    sortTools(order, changed, true),
    tileWindow(shown.length, { least: 104, below: 44 }, (i, width) => {
      const index = shown[i]!;
      const at = layerOf(index);
      const layer = head.layers[at]!;
      const picture = data.pictures[index]!;
      return channelTile(
        layer,
        index - STARTS[at]!,
        picture < 0 ? [] : [[picture, data.positions[index]!]],
        width,
        { text: sortText(sort, data.columns[sort]![index]!), where: layer.layer, dead: std[index] === 0 },
      );
    }),
  );
}
