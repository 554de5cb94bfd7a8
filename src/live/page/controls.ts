import type { LayerFacts } from '../explorer-messages';
import { button, element } from './element';

/** What is shown. */
export interface Choice {
  layer: number;
  channel: number;
  opacity: number;
}

/** The menu of layers, and the sliders of channel and opacity. */
export interface Controls {
  root: HTMLElement;
  show(choice: Choice): void;
}

/** @param changed what to call when the reader chooses */
export function controls(
  layers: readonly LayerFacts[],
  first: Choice,
  changed: {
    setLayer(layer: number): void;
    setChannel(channel: number): void;
    setOpacity(opacity: number): void;
  },
): Controls {
  let { layer, channel } = first;
  const last = () => layers[layer]!.channels - 1;
  const menu = element(
    'select',
    { id: 'layer', change: () => changed.setLayer(Number(menu.value)) },
    ...layers.map(({ name, type, height, width, channels }, i) =>
      element('option', { value: String(i) }, `${name} · ${type} · ${height} × ${width} × ${channels}`),
    ),
  );
  const choose = (wanted: number) => {
    if (Number.isInteger(wanted) && wanted >= 0 && wanted <= last() && wanted !== channel)
      changed.setChannel(wanted);
  };
  const slider = element('input', {
    id: 'channel',
    type: 'range',
    min: '0',
    step: '1',
    input: () => choose(Number(slider.value)),
  });
  const box = element('input', {
    type: 'number',
    min: '0',
    step: '1',
    'aria-label': 'channel number',
    input: () => box.value !== '' && choose(Number(box.value)),
  });
  const end = element('span', { class: 'muted end' });
  const veil = element('input', {
    id: 'opacity',
    type: 'range',
    min: '0',
    max: '1',
    step: '0.05',
    input: () => changed.setOpacity(Number(veil.value)),
  });
  const step = (by: number, sign: string, label: string) =>
    button(sign, () => choose(channel + by), { class: 'step', 'aria-label': label });
  return {
    root: element(
      'div',
      { class: 'controls' },
      element('label', { for: 'layer' }, 'layer'),
      element('div', { class: 'row' }, menu),
      element('label', { for: 'channel' }, 'channel'),
      element(
        'div',
        { class: 'row' },
        step(-1, '◀', 'previous channel'),
        slider,
        step(1, '▶', 'next channel'),
        box,
        end,
      ),
      element('label', { for: 'opacity' }, 'opacity'),
      element('div', { class: 'row' }, veil),
    ),
    show(choice) {
      ({ layer, channel } = choice);
      menu.value = String(layer);
      slider.max = box.max = String(last());
      slider.value = String(channel);
      if (document.activeElement !== box || Number(box.value) !== channel) box.value = String(channel);
      end.textContent = `of 0–${last()}`;
      veil.value = String(choice.opacity);
    },
  };
}
