import { add, matMul, reshape, type Tensor, type Tensor4D, transpose } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { registerLayer } from '../../src/index';

/** The Python code in the models of packages.py, as layers of TypeScript. */

const only = (inputs: Tensor | Tensor[]) => (Array.isArray(inputs) ? inputs[0]! : inputs);

/** The Lambda of squeeze-and-excitation blocks in segmentation_models: vectors become maps of one pixel. */
class OnePixel extends layers.Layer {
  override call(inputs: Tensor | Tensor[]) {
    const [batch, channels] = only(inputs).shape as [number, number];
    return reshape(only(inputs), [batch, 1, 1, channels]);
  }
  override computeOutputShape(shape: (number | null)[]) {
    return [shape[0]!, 1, 1, shape[1]!];
  }
}

class Patches extends layers.Layer {
  private readonly size: number;
  constructor({ name, size }: { name: string; size: number }) {
    super({ name });
    this.size = size;
  }
  override call(inputs: Tensor | Tensor[]) {
    const { size } = this;
    const [batch, height, width, channels] = (only(inputs) as Tensor4D).shape;
    const [rows, columns] = [height / size, width / size];
    const blocks = reshape(only(inputs), [batch, rows, size, columns, size, channels]);
    return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, rows * columns, size * size * channels]);
  }
  override computeOutputShape([batch, height, width, channels]: number[]) {
    const { size } = this;
    return [batch!, (height! / size) * (width! / size), size * size * channels!];
  }
}

class PatchEncoder extends layers.Layer {
  private readonly count: number;
  private readonly width: number;
  private own: { read(): Tensor }[] = [];
  constructor({ name, count, width }: { name: string; count: number; width: number }) {
    super({ name });
    this.count = count;
    this.width = width;
  }
  override build(shape: number[]) {
    this.own = [
      this.addWeight('kernel', [shape.at(-1)!, this.width]),
      this.addWeight('bias', [this.width]),
      this.addWeight('position', [this.count, this.width]),
    ];
    super.build(shape);
  }
  override call(inputs: Tensor | Tensor[]) {
    const [kernel, bias, position] = this.own.map((weight) => weight.read()) as [Tensor, Tensor, Tensor];
    const [batch, count, values] = only(inputs).shape as [number, number, number];
    const projected = matMul(reshape(only(inputs), [batch * count, values]), kernel);
    return add(add(reshape(projected, [batch, count, this.width]), bias), position);
  }
  override computeOutputShape([batch, count]: number[]) {
    return [batch!, count!, this.width];
  }
}

registerLayer('Lambda', OnePixel);
registerLayer('Patches', Patches);
registerLayer('PatchEncoder', PatchEncoder);
