import { linkTo } from './channel-tile';
import { head } from './data';
import { element } from './element';
import { patch } from './patch';

/** The layers, each with some of what its channels respond to. */
export function layersView(words: string): HTMLElement {
  const wanted = words.trim().toLowerCase();
  const found = head.layers.filter(({ layer, type }) => `${layer} ${type}`.toLowerCase().includes(wanted));
  const channels = head.layers.reduce((sum, layer) => sum + layer.channels, 0);
  const dead = head.layers.reduce((sum, layer) => sum + layer.dead, 0);
  const count = (n: number) => n.toLocaleString('en');
  return element(
    'main',
    {},
    element('h1', {}, head.model),
    element(
      'p',
      { class: 'facts' },
      [
        `${count(head.pictures - head.skipped)} pictures of ${head.size.join(' × ')}`,
        `${head.layers.length} ${head.layers.length === 1 ? 'layer' : 'layers'}`,
        `${count(channels)} channels${dead ? `, ${count(dead)} dead over all pictures` : ''}`,
        ...(head.skipped ? [`${count(head.skipped)} pictures could not be read`] : []),
      ].join(' · '),
    ),
    element(
      'div',
      { class: 'layers' },
      ...found.map((layer) => {
        const { type, height, width, samples } = layer;
        return element(
          'a',
          { class: 'layer', href: linkTo(layer.layer) },
          element(
            'div',
            {},
            element('h2', {}, layer.layer),
            element(
              'p',
              { class: 'facts' },
              `${type} · ${height} × ${width} × ${layer.channels}${layer.dead ? ` · ${layer.dead} dead` : ''}`,
            ),
          ),
          element(
            'div',
            { class: 'strip' },
            ...samples.map(([, picture, position]) => patch(layer, picture, position, 72)),
          ),
        );
      }),
      found.length === 0 && element('p', { class: 'note' }, `No layer is called “${words}”.`),
    ),
  );
}
