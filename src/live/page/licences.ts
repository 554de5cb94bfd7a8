import { button, element } from './element';
import { sectionBytes } from './sections';

/** Lets the reader see the licences of what the page carries, at the end of its footer. */
export function offerLicences(): void {
  const show = async () => {
    const text = new TextDecoder().decode(await sectionBytes('licences', true));
    const dialog: HTMLDialogElement = element(
      'dialog',
      { class: 'licences', 'aria-label': 'Licences', close: () => dialog.remove() },
      button('Close', () => dialog.close(), { class: 'small' }),
      element('pre', { tabIndex: 0 }, text),
    );
    document.body.append(dialog);
    dialog.showModal();
  };
  document.querySelector('footer')?.append(button('Licences', () => void show(), { class: 'link' }));
}
