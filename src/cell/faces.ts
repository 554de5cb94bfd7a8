import { Figure } from '../../renderers/figure';
import { setFace } from '../face';
import { summaryText } from '../keras/summary';
import type { Activation } from '../maps/activation';
import { pictureBundle } from './show';

/** How figures, pictures, activations and models are shown as a cell's last value, in every kernel that asks. */
export function setFaces(): void {
  Object.defineProperty(Figure.prototype, Symbol.for('Jupyter.display'), {
    configurable: true,
    value(this: Figure) {
      return this.bundle().data;
    },
  });
  setFace('picture', (picture) => pictureBundle(picture).bundle().data);
  setFace('activation', ({ layer, shape }: Activation) => ({
    'text/plain': `activation of ${layer}: ${shape.join(' × ')}. Show it with matshow, grid or explore.`,
  }));
  setFace('model', (model) => ({ 'text/plain': summaryText(model) }));
}
