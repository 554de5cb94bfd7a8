import { percent, short } from '../../../renderers/theme';
import type { SiteLayer } from '../output/site-data';
import { SORTS } from './data';
import { element } from './element';
import { patch } from './patch';

/** A number that channels are sorted by, in words. */
export function sortText(sort: number, value: number): string {
  const [name] = SORTS[sort]!;
  return name === 'sparsity' || name === 'fires' ? percent(value) : short(value);
}

/** A link to a channel: the patches that it responds to most, its number, and a number. */
export function channelTile(
  layer: SiteLayer,
  channel: number,
  patches: readonly (readonly [picture: number, position: number])[],
  width: number,
  { text, where, dead = false }: { text: string; where?: string; dead?: boolean },
): HTMLElement {
  const few = patches.length < 4;
  const side = few ? width : (width - 2) / 2;
  const mosaic = element(
    'div',
    { class: 'mosaic' },
    ...(dead ? [] : patches.slice(0, few ? 1 : 4)).map(([picture, position]) =>
      patch(layer, picture, position, side),
    ),
  );
  mosaic.style.height = `${width}px`;
  if (few) mosaic.style.display = 'block';
  return element(
    'a',
    {
      class: dead ? 'tile dead' : 'tile',
      role: 'listitem',
      href: linkTo(layer.layer, channel),
      'aria-label': `${where ? `${where}, ` : ''}channel ${channel}${dead ? ', dead' : ''}, ${text}`,
    },
    mosaic,
    element('span', { class: 'name' }, String(channel), element('small', {}, dead ? 'dead' : text)),
    where !== undefined && element('span', { class: 'where' }, where),
  );
}

/** The address of a layer, or of one of its channels. */
export const linkTo = (layer: string, channel?: number) =>
  `#/${encodeURIComponent(layer)}${channel === undefined ? '' : `/${channel}`}`;
