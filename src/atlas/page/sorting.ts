import { head, SORTS } from './data';
import { element } from './element';

/** In which order channels are shown. */
export interface Order {
  /** Which of `SORTS`; −1 for their numbers. */
  by: number;
  up: boolean;
  /** Whether dead channels are left out. */
  alive: boolean;
}

/** Channels in an order; numbers that are none come last. */
export function sorted(all: number[], columns: readonly Float32Array[], { by, up }: Order): number[] {
  if (by < 0) return up ? all : all.reverse();
  const column = columns[by]!;
  const sign = up ? 1 : -1;
  return all.sort((a, b) => {
    const [x, y] = [column[a]!, column[b]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x - y) || a - b;
  });
}

/** The controls of an order. */
export function sortTools(order: Order, changed: (order: Order) => void, hasDead: boolean): HTMLElement {
  const select = element(
    'select',
    {
      'aria-label': 'order',
      onchange: () => changed({ ...order, by: Number(select.value), up: Number(select.value) < 0 }),
    },
    element('option', { value: '-1' }, 'number'),
    ...SORTS.flatMap(([name, words], i) =>
      name === 'auc' && !head.classes ? [] : [element('option', { value: String(i) }, words)],
    ),
  );
  select.value = String(order.by);
  const box = element('input', {
    type: 'checkbox',
    onchange: () => changed({ ...order, alive: box.checked }),
  });
  box.checked = order.alive;
  return element(
    'div',
    { class: 'tools' },
    element('label', {}, 'order by', select),
    element(
      'button',
      { type: 'button', onclick: () => changed({ ...order, up: !order.up }) },
      order.up ? 'smallest first ↑' : 'largest first ↓',
    ),
    hasDead && element('label', {}, box, 'without dead channels'),
  );
}
