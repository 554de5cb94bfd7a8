import { toCsv } from '../../maps/csv';
import type { ExplorerCalls, LayerFacts, PictureSource, Slot } from '../explorer-messages';
import { controls } from './controls';
import { download, downloadPng, fileName } from './download';
import { button, element } from './element';
import { startEngine } from './engine';
import { enlarge } from './enlarge';
import { offerLicences } from './licences';
import type { Looked } from './looked';
import { canvasOf, mapPixels } from './paint';
import { scores } from './scores';
import { sectionBytes, sectionJson } from './sections';
import type { ExplorerSettings } from './settings';
import { sources } from './sources';
import { tiles } from './tiles';
import { channelWords, view } from './view';

/** The page of an explorer: it starts the engine, and until that has run its first picture the still figure stands. */
async function main(): Promise<void> {
  const opened = performance.now();
  const settings = sectionJson('settings') as ExplorerSettings;
  const status = document.getElementById('status')!;
  const [script, wasm, weights, pixels] = await Promise.all(
    ['engine', 'wasm', 'weights', 'picture'].map((id) => sectionBytes(id)),
  );
  const engine = startEngine<ExplorerCalls>(script!);
  await engine.start({
    wasm: wasm!,
    model: { ...settings.model, weights: weights! },
    preprocess: settings.preprocess,
    size: settings.size,
    ...(settings.labels && { labels: settings.labels }),
  });
  const [height, width] = settings.size;
  const picture = { height, width, channels: settings.pictureChannels, data: pixels! };
  const first: Looked = { name: "the author's picture", seen: await engine.look(0, picture) };
  const app = explorer(settings, engine, first, (words) => {
    status.textContent = words;
    status.classList.toggle('wrong', words !== '');
  });
  await app.ready;
  document.getElementById('app')!.replaceChildren(app.root);
  document.body.classList.add('alive');
  app.laidOut();
  offerLicences();
  status.textContent = '';
  document.documentElement.dataset['ready'] = (performance.now() - opened).toFixed(0);
}

function explorer(
  settings: ExplorerSettings,
  engine: Pick<ExplorerCalls, 'look' | 'maps' | 'heatmap'>,
  first: Looked,
  say: (words: string) => void,
) {
  const looked: Looked[] = [first];
  const layers: readonly LayerFacts[] = first.seen.layers;
  let layer = Math.max(
    0,
    layers.findIndex(({ name }) => name === settings.layer),
  );
  let channel = Math.min(settings.channel ?? 0, layers[layer]!.channels - 1);
  let opacity = settings.opacity;
  /** The slot that the next picture goes to. */
  let next: Slot = 0;
  /** Counts requests, so that the answer to an older one is not shown. */
  let asked = 0;

  const title = element('h2');
  const caption = element('p', { class: 'caption' });
  const panels = view(settings, open, (slot) => {
    next = slot;
    source.choose();
  });
  const grid = tiles(settings, setChannel, () => open(0));
  const steer = controls(layers, { layer, channel, opacity }, { setLayer, setChannel, setOpacity });
  const answers = (['A', 'B'] as const).map((name, slot) =>
    scores(slot as Slot, name, (...given) => engine.heatmap(...given), say),
  );
  const compare = button('Compare with a second picture', () => toggleCompare(), { 'aria-pressed': 'false' });
  const source = sources((given) => void take(given), say);
  const hint = element('span', { class: 'muted' });
  const timing = element('span', { class: 'muted' });

  function hintWords() {
    hint.textContent =
      next === 1 && looked.length === 1
        ? 'Choose, drop or paste picture B.'
        : 'Or drop or paste one anywhere. It stays in this page.';
  }
  async function take(given: PictureSource) {
    const slot = next;
    say('');
    document.body.classList.add('busy');
    try {
      const seen = await engine.look(slot, given);
      looked[slot] = { name: 'name' in given ? given.name : 'the photo', seen };
      answers[slot]!.show(looked[slot]!);
      await refresh();
    } catch (error) {
      say((error as Error).message);
    } finally {
      document.body.classList.remove('busy');
    }
  }
  function toggleCompare() {
    const on = compare.getAttribute('aria-pressed') !== 'true';
    compare.setAttribute('aria-pressed', String(on));
    next = on ? 1 : 0;
    if (!on) looked.length = 1;
    hintWords();
    if (!on) void refresh();
  }
  async function refresh() {
    const request = ++asked;
    const wanted = layer;
    const maps = await Promise.all(looked.map((_, slot) => engine.maps(slot as Slot, wanted)));
    if (request !== asked) return;
    for (const [slot, one] of looked.entries()) one.maps = maps[slot]!;
    channel = Math.min(channel, layers[layer]!.channels - 1);
    steer.show({ layer, channel, opacity });
    grid.show(looked[0]!.maps!);
    for (const [slot, { root: answer }] of answers.entries()) {
      answer.hidden = !looked[slot];
      answer.querySelector('h3')!.hidden = looked.length < 2;
    }
    timing.textContent = `${layers.length} layers in ${looked.at(-1)!.seen.took.toFixed(0)} ms`;
    hintWords();
    draw();
  }
  function draw() {
    panels.show(looked, channel, opacity);
    const { name, type, height, width, channels } = layers[layer]!;
    title.replaceChildren(name, ' ', element('small', {}, `${type} · ${height} × ${width} × ${channels}`));
    const { maps } = panels.shown();
    const words = maps.map(channelWords);
    caption.textContent = `channel ${channel} · ${
      words.length > 1 ? `A: ${words[0]} · B: ${words[1]} · one scale for both` : words[0]
    }`;
    grid.select(channel);
  }
  function setLayer(wanted: number) {
    layer = wanted;
    void refresh().catch((error) => say((error as Error).message));
  }
  function setChannel(wanted: number) {
    channel = wanted;
    steer.show({ layer, channel, opacity });
    draw();
  }
  function setOpacity(wanted: number) {
    opacity = wanted;
    draw();
  }
  function open(slot: Slot) {
    const { maps, ends } = panels.shown();
    const map = maps[slot]!;
    enlarge(`${layers[layer]!.name}, channel ${channel}`, map, mapPixels(map, settings.cmap, ends));
  }
  const nameOf = (slot: number) =>
    fileName(`${layers[layer]!.name}-channel-${channel}${looked.length > 1 ? `-${'AB'[slot]}` : ''}`);
  function savePng() {
    const { maps, ends } = panels.shown();
    for (const [slot, map] of maps.entries()) {
      downloadPng(`${nameOf(slot)}.png`, canvasOf(mapPixels(map, settings.cmap, ends)));
    }
  }
  function saveCsv() {
    for (const [slot, { height, width, data }] of panels.shown().maps.entries()) {
      download(`${nameOf(slot)}.csv`, new Blob([toCsv({ height, width, data })], { type: 'text/csv' }));
    }
  }

  const root = element(
    'div',
    { class: 'explorer' },
    element('div', { class: 'toolbar' }, source.root, compare, hint, timing),
    element(
      'section',
      { class: 'card' },
      title,
      caption,
      panels.root,
      steer.root,
      element(
        'div',
        { class: 'row tools' },
        button('Enlarge', () => open(0), { class: 'small' }),
        button('PNG', savePng, { class: 'small', 'aria-label': 'Download the map as PNG' }),
        button('CSV', saveCsv, { class: 'small', 'aria-label': 'Download the map as CSV' }),
      ),
    ),
    element(
      'section',
      { class: 'card' },
      element('h2', {}, 'All channels'),
      element(
        'p',
        { class: 'caption' },
        'each from its smallest to its largest value · a click chooses, a double click enlarges',
      ),
      grid.root,
    ),
    first.seen.scores.length > 0 &&
      element(
        'section',
        { class: 'card' },
        element('h2', {}, 'What the network answers'),
        element(
          'p',
          { class: 'caption' },
          'Where? shows which part of the picture speaks for a class (Grad-CAM)',
        ),
        ...answers.map((answer) => answer.root),
      ),
  );
  answers[0]!.show(first);
  return { root, ready: refresh(), laidOut: () => grid.show(looked[0]!.maps!) };
}

main().catch((error) => {
  // The still figure stays.
  const status = document.getElementById('status')!;
  status.textContent = `This page stays a still figure: ${(error as Error).message}`;
  status.classList.add('wrong');
  document.documentElement.dataset['failed'] = String(error);
});
