import { type Values, valuesText } from '../maps/values-text';

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
  dataSync(): ArrayLike<number | string>;
}

/** A tensor's shape, type and values, shortened as numpy does. */
export function tensorFace(tensor: TensorLike): Record<string, unknown> {
  const { shape, dtype } = tensor;
  const words = `tensor [${shape.join(', ')}] ${dtype}`;
  if (tensor.isDisposed) return { 'text/plain': `${words}, disposed: its values are gone` };
  const data = tensor.dataSync();
  if (dtype === 'complex64') {
    const part = (odd: number) =>
      valuesText(shape, Array.from(data).filter((_, i) => i % 2 === odd) as number[]);
    return { 'text/plain': `${words}\nreal part\n${part(0)}\nimaginary part\n${part(1)}` };
  }
  const values: Values = dtype === 'bool' ? Array.from(data, Boolean) : data;
  return { 'text/plain': `${words}\n${valuesText(shape, values, dtype === 'int32')}` };
}
