import { type ProgressBar, useProgress } from '../progress';
import { convlensKernel } from './front-end';

/** If it is `none`, nothing is shown: a notebook that is run to be kept shows the same on slow and fast machines. */
export const PROGRESS = 'CONVLENS_PROGRESS';

/** Characters of a bar, and ms between two of its states. */
const LENGTH = 24;
const OFTEN = 200;

/** A bar of text, such as `score-cam ██████░░░░░░ 12 of 24`. */
function barText(title: string, done: number, total: number): string {
  const full = Math.round((LENGTH * done) / total);
  return `${title} ${'█'.repeat(full)}${'░'.repeat(LENGTH - full)} ${done} of ${total}`;
}

/** Shows long computations: in the convlens kernel in the running cell, elsewhere on a terminal. */
export function showProgress(): void {
  useProgress((title, total): ProgressBar => {
    const silent = { update() {}, end() {} };
    if (process.env[PROGRESS] === 'none') return silent;
    const kernel = convlensKernel();
    const { stderr } = process;
    if (!kernel && !stderr.isTTY) return silent;
    const id = `progress-${Math.random().toString(36).slice(2)}`;
    let [shown, last, done] = [false, Number.NEGATIVE_INFINITY, 0];
    const show = (text: string) => {
      if (kernel) kernel.display({ data: { 'text/plain': text }, metadata: {} }, id, shown);
      else stderr.write(`\r${text}`);
      shown = true;
    };
    return {
      update(now) {
        done = now;
        if (performance.now() - last < OFTEN && now < total) return;
        last = performance.now();
        show(barText(title, now, total));
      },
      end() {
        show(barText(title, done, total));
        if (!kernel) stderr.write('\n');
      },
    };
  });
}
