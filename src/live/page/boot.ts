import { cellFrame } from './cell-frame';
import { element } from './element';
import { sectionText } from './sections';

/**
 * The first script of a notebook's page. It adds the frame whose workers may evaluate text, forbids that to the page, and
 * only then adds the other scripts, which the policy allows by their hashes.
 */
async function boot(): Promise<void> {
  const started = await cellFrame(await sectionText('frame')).catch((error: Error) => error);
  for (const { id } of document.querySelectorAll('script[id^="script-"]')) {
    document.body.append(element('script', { textContent: await sectionText(id) }));
  }
  document.dispatchEvent(new CustomEvent('convlens-start', { detail: started }));
}

boot().catch((error) => {
  const status = document.getElementById('status')!;
  status.textContent = `Cells cannot be run here: ${(error as Error).message}`;
  status.classList.add('wrong');
  document.documentElement.dataset['failed'] = String(error);
});
