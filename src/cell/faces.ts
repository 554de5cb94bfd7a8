import { Figure } from '../../renderers/figure';
import { setFace } from '../face';
import type { Model } from '../keras/model';
import { layerText, summaryTable, summaryText } from '../keras/summary';
import { activationFace, activationsFace } from './activation-face';
import { htmlTable, safeText } from './html-table';
import { pictureBundle } from './show';
import { tensorFace } from './tensor-face';

/** How figures, pictures, activations, models, layers and tensors are shown as a cell's last value, in every kernel that asks. */
export function setFaces(): void {
  Object.defineProperty(Figure.prototype, Symbol.for('Jupyter.display'), {
    configurable: true,
    value(this: Figure) {
      return this.bundle().data;
    },
  });
  setFace('picture', (picture) => pictureBundle(picture).bundle().data);
  setFace('activation', activationFace);
  setFace('activations', activationsFace);
  setFace('model', modelFace);
  // A nested model is a layer, too.
  setFace('layer', (layer) =>
    'layers' in (layer as Model) ? modelFace(layer) : { 'text/plain': layerText(layer) },
  );
  setFace('tensor', tensorFace);
}

/** A model's summary as a table, with the text that `summary` prints beside. */
function modelFace(model: Model): Record<string, unknown> {
  const { title, head, rows, totals } = summaryTable(model);
  // Right-aligned, as in the text.
  const cells = rows.map((row) => row.map((cell, i) => (i === 2 ? Number(cell.replaceAll(',', '')) : cell)));
  const html = `<p>${safeText(title)}</p>${htmlTable(head, cells)}<p>${totals.map((line) => safeText(line.trim())).join('<br>')}</p>`;
  return { 'text/html': html, 'text/plain': summaryText(model) };
}
