import { short } from '../../../renderers/theme';
import { element } from './element';
import { type ChannelMap, drawDead, put } from './paint';

/** A place in a map: row and column, each 0..1. */
export type Spot = readonly [row: number, column: number];

/** A square with a picture or a map in it, a line below it, and the place under the pointer. */
export interface Panel {
  root: HTMLElement;
  /** Where the pixels are, without the line. */
  stage: HTMLElement;
  /** Shows pixels; a second layer lies over them, as opaque as given. */
  show(image: ImageData, veil?: { image: ImageData; opacity: number }): void;
  showDead(): void;
  caption(text: string): void;
  /** Marks a place; none without one. */
  mark(spot: Spot | undefined): void;
}

/**
 * @param label for screen readers
 * @param onPoint is called with the place under the pointer, or chosen by the arrow keys
 * @param onOpen is called by a double click or Enter
 */
export function panel(label: string, onPoint: (spot: Spot | undefined) => void, onOpen?: () => void): Panel {
  const base = element('canvas', { class: 'base' });
  const over = element('canvas', { class: 'over', 'aria-hidden': 'true' });
  const cross = element('div', { class: 'spot', hidden: true });
  const line = element('figcaption');
  let at: Spot | undefined;
  const point = (spot: Spot | undefined) => {
    at = spot;
    onPoint(spot);
  };
  const fromPointer = (event: PointerEvent) => {
    const box = base.getBoundingClientRect();
    const spot = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width] as const;
    point(spot.every((share) => share >= 0 && share < 1) ? spot : undefined);
  };
  const byKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && onOpen) {
      // Enter would also press the button that the opened window focuses.
      event.preventDefault();
      onOpen();
    }
    const steps: Record<string, Spot> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (event.key === 'Escape') point(undefined);
    if (!step) return;
    event.preventDefault();
    const sizes = [base.height, base.width] as const;
    const moved = [0, 1].map((axis) => {
      const cell = Math.floor((at?.[axis] ?? 0.5) * sizes[axis]!) + step[axis]!;
      return (Math.min(sizes[axis]! - 1, Math.max(0, cell)) + 0.5) / sizes[axis]!;
    });
    point(moved as unknown as Spot);
  };
  const stage = element(
    'div',
    {
      class: 'stage',
      tabIndex: 0,
      role: 'img',
      'aria-label': label,
      pointermove: fromPointer,
      pointerdown: fromPointer,
      pointerleave: () => point(undefined),
      keydown: byKey,
      ...(onOpen && { dblclick: onOpen }),
    },
    base,
    over,
    cross,
  );
  const root = element('figure', { class: 'panel' }, stage, line);
  return {
    root,
    stage,
    show(image, veil) {
      put(base, image);
      stage.style.aspectRatio = `${image.width} / ${Math.max(image.height, image.width / 8)}`;
      over.hidden = !veil;
      if (!veil) return;
      put(over, veil.image);
      over.style.opacity = String(veil.opacity);
    },
    showDead() {
      base.width = base.height = 120;
      over.hidden = true;
      stage.style.aspectRatio = '1';
      drawDead(base.getContext('2d')!, 0, 0, 120, 120);
    },
    caption(text) {
      line.textContent = text;
    },
    mark(spot) {
      cross.hidden = !spot;
      if (!spot) return;
      cross.style.top = `${100 * spot[0]}%`;
      cross.style.left = `${100 * spot[1]}%`;
    },
  };
}

/** What lies under a place of a map: row, column and value. */
export function pointed(map: ChannelMap, [row, column]: Spot): string {
  const y = Math.min(map.height - 1, Math.floor(row * map.height));
  const x = Math.min(map.width - 1, Math.floor(column * map.width));
  return `${y}, ${x} → ${short(map.data[y * map.width + x]!)}`;
}
