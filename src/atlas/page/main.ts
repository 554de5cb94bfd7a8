import { allView } from './all-view';
import { linkTo } from './channel-tile';
import { channelView } from './channel-view';
import { classesView } from './classes-view';
import { head } from './data';
import { element } from './element';
import { layerView } from './layer-view';
import { layersView } from './layers-view';
import type { Order } from './sorting';

/** Where a reader is: in the address, so that it can be kept and gone back from. */
interface Place {
  view: 'layers' | 'layer' | 'channel' | 'all' | 'classes';
  index: number;
  channel: number;
}

const app = document.getElementById('app')!;
let order: Order = { by: -1, up: true, alive: false };
let words = '';

function placeOf(): Place {
  const [layer = '', channel] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const nowhere = { index: -1, channel: -1 };
  if (layer === '*all') return { view: 'all', ...nowhere };
  if (layer === '*classes' && head.classes) return { view: 'classes', ...nowhere };
  const index = head.layers.findIndex((one) => one.layer === layer);
  if (index < 0) return { view: 'layers', ...nowhere };
  const number = Number(channel);
  if (channel === undefined || !(number >= 0 && number < head.layers[index]!.channels))
    return { view: 'layer', index, channel: -1 };
  return { view: 'channel', index, channel: number };
}

const search = element('input', {
  type: 'search',
  placeholder: 'layer, or layer and channel',
  'aria-label': 'search for a layer, or a layer and a channel',
  oninput: () => {
    words = search.value;
    const { view } = placeOf();
    if (view === 'layers' || view === 'all') show(false);
    else location.hash = '#/';
  },
  onkeydown: (event) => {
    if ((event as KeyboardEvent).key !== 'Enter') return;
    const [, name, channel] = /^(.*?)\s+(\d+)$/.exec(words.trim()) ?? ['', words.trim()];
    const found =
      head.layers.find(({ layer }) => layer === name) ??
      head.layers.find(({ layer }) => layer.includes(name ?? ''));
    if (!found) return;
    search.value = words = '';
    location.hash = linkTo(found.layer, channel === undefined ? undefined : Number(channel));
  },
});

function header({ view, index, channel }: Place): HTMLElement {
  const layer = head.layers[index];
  const link = (text: string, href: string, isHere: boolean) =>
    element('a', { href, ...(isHere && { 'aria-current': 'page' }) }, text);
  return element(
    'div',
    { class: 'bar' },
    element(
      'div',
      { class: 'crumbs' },
      element('a', { href: '#/' }, head.model),
      layer && element('span', {}, '/'),
      layer && element('a', { href: linkTo(layer.layer) }, layer.layer),
      channel >= 0 && element('span', {}, '/'),
      channel >= 0 && element('a', { href: linkTo(layer!.layer, channel) }, String(channel)),
    ),
    element(
      'nav',
      { 'aria-label': 'views' },
      link('Layers', '#/', view === 'layers' || view === 'layer' || view === 'channel'),
      link('All channels', '#/*all', view === 'all'),
      head.classes && link('Classes', '#/*classes', view === 'classes'),
    ),
    element('div', { class: 'search' }, search),
  );
}

let turn = 0;
const top = element('header');
app.replaceChildren(top);

/** @param isNew whether the reader came from elsewhere, and begins at the top */
async function show(isNew: boolean): Promise<void> {
  const mine = ++turn;
  const place = placeOf();
  const changed = (next: Order) => {
    order = next;
    void show(false);
  };
  const views = {
    layers: () => layersView(words),
    layer: () => layerView(place.index, order, changed),
    channel: () => channelView(place.index, place.channel, () => void show(false)),
    all: () => allView(words, order, changed),
    classes: classesView,
  };
  let main: HTMLElement;
  try {
    main = await views[place.view]();
  } catch (error) {
    main = element(
      'main',
      {},
      element('p', { class: 'note' }, `This cannot be shown: ${(error as Error).message}.`),
    );
  }
  if (mine !== turn) return;
  const isSearching = document.activeElement === search;
  top.replaceChildren(header(place));
  if (isSearching) search.focus();
  app.querySelector('main')?.remove();
  app.append(main);
  if (isNew) scrollTo(0, 0);
}

addEventListener('hashchange', () => void show(true));
addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) {
    if (key === 'Escape') (target as HTMLElement).blur();
    return;
  }
  const { view, index, channel } = placeOf();
  const layer = head.layers[index];
  if (key === '/') {
    event.preventDefault();
    search.focus();
  } else if (view === 'channel' && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const by = key === 'ArrowRight' ? 1 : -1;
    location.hash = linkTo(layer!.layer, (channel + by + layer!.channels) % layer!.channels);
  } else if (view === 'channel' && key === 'w') {
    document.querySelector<HTMLButtonElement>('button[aria-pressed]')!.click();
  } else if (key === 'Escape') location.hash = view === 'channel' ? linkTo(layer!.layer) : '#/';
});
void show(true);
