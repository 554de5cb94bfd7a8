import { createHash } from 'node:crypto';
import type { Model } from '../keras/model';

/** A hash of a model's weights and of what its layers are. */
export function fingerprintOf(model: Model): string {
  const hash = createHash('sha256');
  for (const layer of model.layers) hash.update(`${layer.getClassName()} ${layer.name}\n`);
  const { weights } = model as unknown as {
    weights: { read(): { shape: number[]; dataSync(): ArrayBufferView } }[];
  };
  for (const weight of weights) {
    const tensor = weight.read();
    const { buffer, byteOffset, byteLength } = tensor.dataSync();
    hash.update(JSON.stringify(tensor.shape)).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
