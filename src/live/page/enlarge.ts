import { button, element } from './element';
import type { ChannelMap } from './paint';
import { panel, pointed } from './panel';

/** Shows one map as large as the window, with the value under the pointer. */
export function enlarge(title: string, map: ChannelMap, image: ImageData): void {
  const words = `${map.height} × ${map.width}`;
  const large = panel(title, (spot) => {
    large.mark(spot);
    large.caption(spot ? pointed(map, spot) : words);
  });
  large.show(image);
  large.caption(words);
  large.root.style.setProperty('--ratio', String(image.width / Math.max(image.height, image.width / 8)));
  const dialog: HTMLDialogElement = element(
    'dialog',
    { class: 'large', 'aria-label': title, close: () => dialog.remove() },
    element(
      'header',
      {},
      element('h2', {}, title),
      button('Close', () => dialog.close(), { class: 'small' }),
    ),
    large.root,
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
