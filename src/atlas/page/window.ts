import { element } from './element';

/** Rows above and below the screen that are there, too. */
const MORE = 3;

/**
 * A grid of many tiles, of which only those on the screen exist.
 *
 * @param count of all tiles
 * @param size the width that a tile has at least, and the height below its square
 * @param tile makes one, of a width
 */
export function tileWindow(
  count: number,
  { least, below }: { least: number; below: number },
  tile: (index: number, width: number) => HTMLElement,
): HTMLElement {
  const box = element('div', { class: 'window', role: 'list' });
  const present = new Map<number, HTMLElement>();
  let layout = '';
  const gap = 14;
  const show = () => {
    if (!box.isConnected) return;
    const columns = Math.max(2, Math.floor((box.clientWidth + gap) / (least + gap)));
    const width = Math.floor((box.clientWidth - gap * (columns - 1)) / columns);
    const height = width + below + gap;
    const key = `${columns} ${width}`;
    if (key !== layout) {
      layout = key;
      for (const one of present.values()) one.remove();
      present.clear();
      box.style.height = `${Math.ceil(count / columns) * height}px`;
    }
    const { top } = box.getBoundingClientRect();
    const first = Math.max(0, (Math.floor(-top / height) - MORE) * columns);
    const last = Math.min(count, (Math.ceil((innerHeight - top) / height) + MORE) * columns);
    for (const [index, one] of present) {
      if (index >= first && index < last) continue;
      one.remove();
      present.delete(index);
    }
    let before: Element | null = null;
    for (let index = first; index < last; index++) {
      let one = present.get(index);
      if (!one) {
        one = tile(index, width);
        one.style.left = `${(index % columns) * (width + gap)}px`;
        one.style.top = `${Math.floor(index / columns) * height}px`;
        one.style.width = `${width}px`;
        present.set(index, one);
        // In their order, so that the Tab key follows it.
        box.insertBefore(one, before ? before.nextSibling : box.firstChild);
      }
      before = one;
    }
  };
  const listen = () => {
    if (!box.isConnected) {
      removeEventListener('scroll', listen);
      removeEventListener('resize', listen);
    } else show();
  };
  addEventListener('scroll', listen, { passive: true });
  addEventListener('resize', listen);
  requestAnimationFrame(show);
  return box;
}
