import type { ArchitectureOptions } from '../../renderers/architecture';
import type { Figure } from '../../renderers/figure';
import { architectureOf } from '../keras/architecture';
import type { Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import { show } from './show';

/**
 * A model as a diagram, from its input at the top to its output: a box per layer, and its output's shape beside each
 * arrow. In large models, layers that follow each other without a branch share a box.
 *
 * @param model what `loadModel` returns
 * @param options the title
 * @returns the figure
 * @throws {TypeError} when it is not a model
 * @example
 * show(architectureFigure(model));
 */
export function architectureFigure(model: Model, options?: ArchitectureOptions): Figure {
  checkModel('draw the architecture', model);
  // Loads the layout of graphs, which little else needs.
  const draw: typeof import('../../renderers/architecture') = require('../../renderers/architecture');
  return draw.architectureFigure(architectureOf(model), options);
}

/**
 * Shows {@link architectureFigure} in the running cell: a model as a diagram.
 *
 * @param model what `loadModel` returns
 * @param options the title
 * @example
 * architecture(model);
 */
export function architecture(model: Model, options?: ArchitectureOptions): void {
  show(architectureFigure(model, options));
}
