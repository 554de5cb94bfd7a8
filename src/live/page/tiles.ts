import type { ColormapName } from '../../../renderers/colormap';
import type { Scale } from '../../maps/scale';
import type { LayerMaps } from '../explorer-messages';
import { element } from './element';
import { canvasOf, channelOf, drawDead, endsOf, mapPixels } from './paint';

/** Space between tiles, and the least width of one, in CSS pixels. */
const GAP = 2;
const LEAST = 40;

/** All channels of a layer as one canvas of numbered tiles. */
export interface Tiles {
  root: HTMLElement;
  show(maps: LayerMaps): void;
  select(channel: number): void;
}

/**
 * @param onChoose is called with the channel that is clicked, or that the arrow keys reach
 * @param onOpen is called by a double click or Enter
 */
export function tiles(
  { cmap, scale }: { cmap: ColormapName; scale: Scale },
  onChoose: (channel: number) => void,
  onOpen: () => void,
): Tiles {
  const canvas = element('canvas');
  const frame = element('div', { class: 'frame' });
  const root = element(
    'div',
    {
      class: 'tiles',
      tabIndex: 0,
      role: 'slider',
      'aria-label': 'channels',
      'aria-valuemin': '0',
      click: (event: MouseEvent) => choose(channelAt(event)),
      dblclick: () => onOpen(),
      keydown: byKey,
    },
    canvas,
    frame,
  );
  let shown: LayerMaps | undefined;
  let channel = 0;
  let grid = { across: 1, width: 1, height: 1 };
  let drawnWidth = 0;

  function choose(wanted: number) {
    if (shown && wanted >= 0 && wanted < shown.channels) onChoose(wanted);
  }
  function channelAt(event: MouseEvent): number {
    const box = canvas.getBoundingClientRect();
    const ratio = drawnWidth / box.width;
    const column = Math.floor(((event.clientX - box.left) * ratio) / (grid.width + GAP));
    const row = Math.floor(((event.clientY - box.top) * ratio) / (grid.height + GAP));
    return column < grid.across ? row * grid.across + column : -1;
  }
  function byKey(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -grid.across,
      ArrowDown: grid.across,
    };
    const ends: Record<string, number> = { Home: 0, End: (shown?.channels ?? 1) - 1 };
    const wanted = ends[event.key] ?? (event.key in steps ? channel + steps[event.key]! : undefined);
    if (wanted === undefined && event.key !== 'Enter') return;
    // Enter would also press the button that the opened window focuses.
    event.preventDefault();
    if (wanted === undefined) onOpen();
    else choose(wanted);
  }
  function layOut({ width, height, channels }: LayerMaps, available: number) {
    // As many tiles across as keep them readable; eight at most where there are few.
    const most = Math.max(1, Math.floor((available + GAP) / (LEAST + GAP)));
    const across = Math.min(most, 16, Math.max(channels, 4));
    const tile = Math.floor((available - GAP * (across - 1)) / across);
    return { across, width: tile, height: Math.max(10, Math.round(tile * Math.min(1, height / width))) };
  }
  function draw() {
    const available = root.clientWidth;
    if (!shown || !available) return;
    drawnWidth = available;
    grid = layOut(shown, available);
    const { across, width, height } = grid;
    const rows = Math.ceil(shown.channels / across);
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = available * ratio;
    canvas.height = (rows * (height + GAP) - GAP) * ratio;
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    context.font = '600 10px system-ui, sans-serif';
    context.textBaseline = 'top';
    for (let i = 0; i < shown.channels; i++) {
      const map = channelOf(shown, i);
      const left = (i % across) * (width + GAP);
      const top = Math.floor(i / across) * (height + GAP);
      context.imageSmoothingEnabled = map.width > width * ratio;
      if (map.stats.dead) drawDead(context, left, top, width, height);
      else context.drawImage(canvasOf(mapPixels(map, cmap, endsOf(scale, [map]))), left, top, width, height);
      const text = String(i);
      context.fillStyle = 'rgba(0, 0, 0, 0.55)';
      context.fillRect(left, top, context.measureText(text).width + 5, 13);
      context.fillStyle = '#fff';
      context.fillText(text, left + 2.5, top + 1.5);
    }
    select(channel);
  }
  function select(wanted: number) {
    channel = wanted;
    const { across, width, height } = grid;
    root.setAttribute('aria-valuenow', String(channel));
    root.setAttribute('aria-valuetext', `channel ${channel}`);
    frame.style.transform = `translate(${(channel % across) * (width + GAP)}px, ${Math.floor(channel / across) * (height + GAP)}px)`;
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
  }
  new ResizeObserver(() => {
    if (root.clientWidth !== drawnWidth) draw();
  }).observe(root);
  return {
    root,
    show(maps) {
      shown = maps;
      root.setAttribute('aria-valuemax', String(maps.channels - 1));
      draw();
    },
    select,
  };
}
