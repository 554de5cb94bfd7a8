import type { Figure } from '../../renderers/figure';
import { drawFilters } from '../../renderers/filters';
import { gridFigure } from '../../renderers/grid';
import { checkKinds } from '../checks/check-kinds';
import { type Kernels, kernelPictures, kernelsOf, kernelsOfInput } from '../keras/convolution-kernels';
import type { Layer } from '../keras/model';
import { show } from './show';

/** Options of `kernels`. */
export interface KernelsOptions {
  /** The input channel whose kernels are shown. Default: of three colours all, as pictures; else 0. */
  channel?: number;
  /** Default: the layer's name. */
  title?: string;
}

/**
 * The learned kernels of a convolution: of a layer over three colours as coloured pictures, each from its smallest to
 * its largest value; else those of one input channel, each with 0 in the middle.
 *
 * @param layer one of `model.layers`: Conv1D, Conv2D, Conv2DTranspose, DepthwiseConv2D or SeparableConv2D
 * @param options which input channel
 * @returns the figure, one tile a filter
 * @throws {TypeError} when it is not a layer, or its model is disposed
 * @throws {RangeError} when there is no such input channel
 * @throws {ModelError} when the layer has no kernels
 * @example
 * show(kernelsFigure(model.layers[0]));
 */
export function kernelsFigure(layer: Layer, options: KernelsOptions = {}): Figure {
  checkKinds('show kernels', options, { channel: 'number', title: 'string' });
  const all = kernelsOf(layer);
  const { channel, title } = options;
  if (channel === undefined && all.shape[2] === 3) {
    const named = { title: title ?? `kernels of ${all.layer}`, columns: 8 };
    return drawFilters(kernelPictures(all), named, kernelValues(all));
  }
  const input = channel ?? 0;
  const of = all.shape[2] === 1 ? '' : ` · input channel ${input} of ${all.shape[2]}`;
  return gridFigure(kernelsOfInput(all, input), {
    scale: 'symmetric',
    cmap: 'RdBu_r',
    title: title ?? `kernels of ${all.layer}${of}`,
  });
}

/** The three values of each place of each kernel. */
function kernelValues({ shape, data }: Kernels): Float32Array[] {
  const filters = shape[3];
  return Array.from({ length: filters }, (_, filter) => data.filter((_, i) => i % filters === filter));
}

/**
 * Shows {@link kernelsFigure} in the running cell: the learned kernels of a convolution.
 *
 * @param layer one of `model.layers`
 * @param options which input channel
 * @example
 * kernels(model.layers[0]);
 */
export function kernels(layer: Layer, options?: KernelsOptions): void {
  show(kernelsFigure(layer, options));
}
