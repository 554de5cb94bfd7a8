import { type InstallPlace, installKernel, removeKernel } from '../kernel/install';

/** `convlens install`: tells Jupyter of the kernel, or with `remove` no longer. */
export function installCommand({ remove, ...place }: InstallPlace & { remove?: boolean } = {}): number {
  if (remove) {
    const folder = removeKernel(place);
    console.log(folder ? `removed ${folder}` : 'the kernel is not installed there: nothing to remove');
  } else {
    console.log(`installed ${installKernel(place)}`);
  }
  return 0;
}
