import { percent, short } from '../../../renderers/theme';
import { ATLAS_BINS } from '../../maps/atlas';
import { linkTo } from './channel-tile';
import { head, isDead, type LayerData, layerData, names } from './data';
import { element, shape } from './element';
import { fieldOf, patch } from './patch';

let whole = false;

/** One channel: its patches, its values, what responds with it, and what it tells apart. */
export async function channelView(index: number, channel: number, again: () => void): Promise<HTMLElement> {
  const layer = head.layers[index]!;
  const [data, pictures] = await Promise.all([layerData(index), names()]);
  const dead = isDead(data, channel);
  const ranks = Array.from({ length: head.top }, (_, rank) => channel * head.top + rank).filter(
    (at) => data.pictures[at]! >= 0,
  );
  const side = patchSide();
  const fires = data.columns[4]![channel]!;
  const step = (by: number, words: string, sign: string) =>
    element(
      'button',
      {
        type: 'button',
        'aria-label': words,
        onclick: () =>
          (location.hash = linkTo(layer.layer, (channel + by + layer.channels) % layer.channels)),
      },
      sign,
    );
  return element(
    'main',
    {},
    element(
      'div',
      { class: 'head' },
      element(
        'div',
        {},
        element('h1', {}, `${layer.layer} · ${channel}`),
        element(
          'p',
          { class: 'facts' },
          dead
            ? `dead: every value is ${short(data.min[channel]!)}`
            : `fires in ${percent(fires)} of the pictures`,
        ),
      ),
      element(
        'div',
        { class: 'steps' },
        step(-1, 'previous channel', '←'),
        step(1, 'next channel', '→'),
        element(
          'button',
          {
            type: 'button',
            'aria-pressed': String(whole),
            onclick: () => {
              whole = !whole;
              again();
            },
          },
          whole ? 'patches' : 'whole pictures',
        ),
      ),
    ),
    element(
      'div',
      { class: 'channel' },
      element(
        'div',
        {},
        element(
          'div',
          { class: 'patches' },
          ...ranks.map((at) => {
            const [picture, position] = [data.pictures[at]!, data.positions[at]!];
            const { rows, columns } = fieldOf(layer, position);
            const name = pictures[picture]!;
            const place = `rows ${rows[0]} to ${rows[1] - 1}, columns ${columns[0]} to ${columns[1] - 1}`;
            const image = patch(layer, picture, position, side, { whole, frame: true });
            image.title = `${name}: ${place}`;
            image.querySelector('img')!.alt = `${name}, ${place}`;
            return element(
              'figure',
              {},
              image,
              element(
                'figcaption',
                {},
                element('b', {}, short(data.values[at]!)),
                element('span', {}, `\u200e${name}`),
              ),
            );
          }),
        ),
        element(
          'p',
          { class: 'keys' },
          element('kbd', {}, '←'),
          ' ',
          element('kbd', {}, '→'),
          ' channels   ',
          element('kbd', {}, 'w'),
          ' whole pictures   ',
          element('kbd', {}, 'Esc'),
          ' the layer',
        ),
      ),
      element(
        'aside',
        {},
        element('h3', {}, 'Values'),
        histogram(data, channel),
        numbers(data, channel),
        ...together(index, data, channel),
        ...areas(data, channel),
      ),
    ),
  );
}

/** About how many CSS pixels a patch has: three stand beside each other. */
const patchSide = () => Math.min(260, innerWidth / 3);

function histogram(data: LayerData, channel: number): Node {
  const own = data.bins.subarray(channel * ATLAS_BINS, (channel + 1) * ATLAS_BINS);
  const first = own.findIndex((n) => n > 0);
  if (first < 0) return element('p', { class: 'note' }, 'Every value is 0 or not finite.');
  const last = own.findLastIndex((n) => n > 0);
  const width = 2 ** (data.exponents[channel]! + 1) / ATLAS_BINS;
  const [wide, high] = [300, 90];
  const each = wide / (last - first + 1);
  return shape(
    'svg',
    {
      viewBox: `0 0 ${wide} ${high + 18}`,
      role: 'img',
      'aria-label': 'how its values other than 0 are distributed',
    },
    ...Array.from(own.subarray(first, last + 1), (n, i) =>
      shape('rect', {
        x: i * each,
        width: Math.max(0.5, each - (each > 5 ? 1 : 0.3)),
        y: high - (high * n) / 255,
        height: (high * n) / 255,
        rx: 1,
      }),
    ),
    shape('line', { x1: 0, x2: wide, y1: high + 0.5, y2: high + 0.5 }),
    shape('text', { x: 0, y: high + 14 }, short((first - ATLAS_BINS / 2) * width)),
    shape(
      'text',
      { x: wide, y: high + 14, 'text-anchor': 'end' },
      short((last + 1 - ATLAS_BINS / 2) * width),
    ),
  );
}

function numbers(data: LayerData, channel: number): HTMLElement {
  const [mean, std, max, zeros, fires] = data.columns.map((column) => column[channel]!);
  const odd = data.odd[channel]!;
  const rows: [string, string][] = [
    ['mean', short(mean!)],
    ['σ', short(std!)],
    ['smallest', short(data.min[channel]!)],
    ['largest', short(max!)],
    ['zeros', percent(zeros!)],
    ['fires in', `${percent(fires!)} of pictures`],
    ...(odd ? [['not finite', short(odd)] as [string, string]] : []),
  ];
  return element(
    'table',
    {},
    ...rows.map(([name, value]) => element('tr', {}, element('th', {}, name), element('td', {}, value))),
  );
}

function together(index: number, data: LayerData, channel: number): HTMLElement[] {
  const layer = head.layers[index]!;
  const pairs = [0, 1, 2]
    .map((i) => [data.partners[3 * channel + i], data.correlations[3 * channel + i]] as const)
    .filter((pair): pair is [number, number] => pair[0] !== undefined && pair[0] >= 0);
  if (!pairs.length) return [];
  return [
    element('h3', {}, 'Responds together with'),
    element(
      'div',
      { class: 'together' },
      ...pairs.map(([partner, correlation]) => {
        const at = partner * head.top;
        return element(
          'a',
          {
            href: linkTo(layer.layer, partner),
            title: `correlation of the largest values: ${short(correlation)}`,
          },
          patch(layer, data.pictures[at]!, data.positions[at]!, 76),
          element('b', {}, String(partner)),
          ` r ${correlation.toFixed(2)}`,
        );
      }),
    ),
  ];
}

/** Classes that are shown before the rest is left out. */
const MOST = 12;

function areas(data: LayerData, channel: number): HTMLElement[] {
  const classes = head.classes?.names ?? [];
  if (!classes.length || !data.auc.length) return [];
  const all = classes
    .map((name, i) => ({ name, area: data.auc[channel * classes.length + i]! }))
    .filter(({ area }) => !Number.isNaN(area))
    .sort((a, b) => Math.abs(b.area - 0.5) - Math.abs(a.area - 0.5));
  return [
    element('h3', {}, 'Tells classes apart'),
    element(
      'div',
      { class: 'meters' },
      ...all.slice(0, MOST).flatMap(({ name, area }) => {
        const fill = element('i');
        Object.assign(fill.style, {
          left: `${100 * Math.min(0.5, area)}%`,
          width: `${100 * Math.abs(area - 0.5)}%`,
        });
        return [
          element('span', {}, name),
          element('div', { class: 'meter' }, fill),
          element('span', {}, area.toFixed(2)),
        ];
      }),
    ),
    element(
      'p',
      { class: 'note' },
      `Area under the ROC curve: 1 always larger in this class, 0.5 no difference, 0 always smaller.${all.length > MOST ? ` ${all.length - MOST} more classes are in atlas.json.` : ''}`,
    ),
  ];
}
