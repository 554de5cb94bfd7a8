import { percent, short } from '../../../renderers/theme';
import type { Prediction } from '../../maps/prediction';
import { stats } from '../../maps/stats';
import type { Heatmap, Slot } from '../explorer-messages';
import { button, element } from './element';
import type { Looked } from './looked';
import { mapPixels, picturePixels } from './paint';
import { type Panel, panel, pointed, type Spot } from './panel';

/** Classes listed before the rest is counted. */
const LISTED = 6;

/** What the network answers for one picture, and where it sees a class. */
export interface Scores {
  root: HTMLElement;
  show(looked: Looked): void;
}

/**
 * @param name of the picture, such as "A"; empty if there is one
 * @param ask computes a class heatmap
 * @param complain says what cannot be done
 */
export function scores(
  slot: Slot,
  name: string,
  ask: (slot: Slot, target: number) => Promise<Heatmap>,
  complain: (words: string) => void,
): Scores {
  const list = element('ol', { class: 'classes' });
  let map: { heatmap: Heatmap; looked: Looked } | undefined;
  const where: Panel = panel('class heatmap', (spot?: Spot) => {
    where.mark(spot);
    where.caption(map ? words(map.heatmap, spot) : '');
  });
  where.root.classList.add('where');
  where.root.hidden = true;
  let current: Looked | undefined;

  function words({ label, score, layer, ...rest }: Heatmap, spot?: Spot): string {
    const place = spot ? pointed({ ...rest, stats: stats(rest.data) }, spot) : `score ${short(score)}`;
    return `Grad-CAM for ${label} at ${layer} · ${place}`;
  }
  async function explain(target: number, pressed: HTMLButtonElement) {
    const looked = current!;
    for (const other of list.querySelectorAll('button')) other.setAttribute('aria-pressed', 'false');
    pressed.setAttribute('aria-pressed', 'true');
    try {
      const heatmap = await ask(slot, target);
      if (looked !== current) return;
      map = { heatmap, looked };
      const most = heatmap.data.reduce((a, b) => (b > a ? b : a), 0);
      where.root.hidden = false;
      where.show(picturePixels(looked.seen.picture), {
        image: mapPixels(heatmap, 'turbo', [0, most || 1], true),
        opacity: 0.75,
      });
      where.caption(words(heatmap));
    } catch (error) {
      pressed.setAttribute('aria-pressed', 'false');
      complain((error as Error).message);
    }
  }
  function row({ label, score, index, kind }: Prediction, most: number): HTMLElement {
    const share = kind === 'raw' ? Math.max(0, score) / (most || 1) : score;
    const bar = element('span', { class: 'bar' }, element('i'));
    (bar.firstElementChild as HTMLElement).style.width = `${100 * Math.min(1, Math.max(0, share) || 0)}%`;
    const text = kind === 'raw' ? short(score) : percentOf(score);
    const pressed = button('Where?', () => void explain(index, pressed), {
      'aria-pressed': 'false',
      'aria-label': `Where does it see ${label}?`,
      class: 'small',
    });
    return element(
      'li',
      {},
      element('span', { class: 'label' }, label),
      bar,
      element('span', { class: 'number' }, text),
      pressed,
    );
  }
  return {
    root: element(
      'div',
      { class: 'answer' },
      name && element('h3', {}, `Picture ${name}`),
      element('div', { class: 'both' }, where.root, list),
    ),
    show(looked) {
      current = looked;
      map = undefined;
      where.root.hidden = true;
      where.mark(undefined);
      const all = looked.seen.scores;
      const most = Math.max(...all.map(({ score }) => Math.abs(score)));
      const rest = all.length - LISTED;
      list.replaceChildren(
        ...all.slice(0, LISTED).map((one) => row(one, most)),
        ...(rest > 0 ? [element('li', { class: 'muted' }, `… and ${rest} more classes`)] : []),
      );
    },
  };
}

/** One decimal, which says more than whole percents where two classes are close. */
const percentOf = (score: number) =>
  score > 0.0005 && score < 0.9995 ? `${(100 * score).toFixed(1)} %` : percent(score);
