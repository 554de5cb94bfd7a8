import { colormap } from '../../../renderers/colormap';
import { percent, rangeWords, short } from '../../../renderers/theme';
import type { Slot } from '../explorer-messages';
import { button, element } from './element';
import type { Looked } from './looked';
import { type ChannelMap, channelOf, endsOf, mapPixels, picturePixels } from './paint';
import { type Panel, panel, pointed, type Spot } from './panel';
import type { ExplorerSettings } from './settings';

/** The three panels of one picture: what the network gets, a channel's map, and the map over the picture. */
interface Trio {
  root: HTMLElement;
  panels: HTMLElement;
  heading: HTMLElement;
  name: HTMLElement;
  input: Panel;
  map: Panel;
  over: Panel;
}

/** Panels of one or two pictures, whose maps share a scale. */
export interface View {
  root: HTMLElement;
  show(looked: readonly Looked[], channel: number, opacity: number): void;
  /** The shown maps, one for each picture, with their common scale. */
  shown(): { maps: readonly ChannelMap[]; ends: readonly [number, number] };
}

/**
 * @param onOpen is called when a map is to be seen large
 * @param onChange is called when one of two pictures is to be replaced
 */
export function view(
  { cmap, scale }: ExplorerSettings,
  onOpen: (slot: Slot) => void,
  onChange: (slot: Slot) => void,
): View {
  const bar = element('div', { class: 'ramp' });
  bar.style.setProperty(
    '--stops',
    colormap(cmap)
      .match(/.{6}/g)!
      .map((digits) => `#${digits}`)
      .join(),
  );
  const [high, middle, low] = [element('span'), element('span'), element('span')];
  const legend = element(
    'div',
    { class: 'legend' },
    bar,
    element('div', { class: 'ends' }, high, middle, low),
  );
  const trios = ([0, 1] as const).map((slot) => trio(slot));
  const stage = element('div', { class: 'trios' }, ...trios.map(({ root }) => root));
  const root = element('div', { class: 'view' }, stage, legend);
  const map = trios[0]!.map.stage;
  // The bar is exactly as high as the map, and begins where it begins.
  new ResizeObserver(() => {
    legend.style.setProperty('--height', `${map.getBoundingClientRect().height}px`);
    const from = legend.parentElement!.getBoundingClientRect().top;
    legend.style.setProperty('--top', `${map.getBoundingClientRect().top - from}px`);
  }).observe(map);
  let looked: readonly Looked[] = [];
  let maps: ChannelMap[] = [];
  let ends: readonly [number, number] = [0, 1];

  function trio(slot: Slot): Trio {
    const name = element('span');
    const label = `Change picture ${'AB'[slot]}`;
    const change = button('Change', () => onChange(slot), { class: 'small', 'aria-label': label });
    const heading = element('h3', {}, name, change);
    const open = () => onOpen(slot);
    const [input, map, over] = [
      panel('the picture that the network gets', point),
      panel('feature map', point, open),
      panel('feature map over the picture', point),
    ];
    const panels = element('div', { class: 'panels' }, input.root, map.root, over.root);
    const root = element('div', { class: 'trio' }, heading, panels);
    return { root, panels, heading, name, input, map, over };
  }
  function point(spot: Spot | undefined) {
    for (const [slot, { input, map, over }] of trios.entries()) {
      if (!looked[slot] || !maps[slot]) continue;
      for (const one of [input, map, over]) one.mark(spot);
      const { height, width } = maps[slot]!;
      map.caption(spot ? pointed(maps[slot]!, spot) : `feature map, ${height} × ${width}`);
    }
  }
  return {
    root,
    show(given, channel, opacity) {
      looked = given;
      const isTwo = looked.length > 1;
      stage.classList.toggle('two', isTwo);
      // That of one map stands among its panels, that of two beside both.
      (isTwo ? root : trios[0]!.panels).append(legend);
      maps = looked.map((one) => channelOf(one.maps!, channel));
      ends = endsOf(scale, maps);
      for (const [slot, { root, heading, name, input, map, over }] of trios.entries()) {
        const one = looked[slot];
        root.hidden = !one;
        if (!one) continue;
        const { picture } = one.seen;
        const channelMap = maps[slot]!;
        heading.hidden = !isTwo;
        name.textContent = `${'AB'[slot]} · ${one.name}`;
        const photo = picturePixels(picture);
        input.show(photo);
        input.caption(`input, ${picture.height} × ${picture.width}`);
        over.caption('over the input');
        // Two dead maps may still differ, so a dead one is drawn on the scale of both.
        if (channelMap.stats.dead && !isTwo) {
          map.showDead();
          over.show(photo);
        } else {
          map.show(mapPixels(channelMap, cmap, ends));
          over.show(photo, { image: mapPixels(channelMap, cmap, ends, true), opacity });
        }
      }
      [high.textContent, middle.textContent, low.textContent] = [
        short(ends[1]),
        short((ends[0] + ends[1]) / 2),
        short(ends[0]),
      ];
      point(undefined);
    },
    shown: () => ({ maps, ends }),
  };
}

/** What a channel's values are, in words. */
export function channelWords({ stats }: ChannelMap): string {
  const zeros = stats.dead ? '' : ` · ${percent(stats.sparsity)} zeros`;
  return `${rangeWords(stats)}${zeros}`;
}
