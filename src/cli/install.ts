import { type InstallPlace, installKernel, removeKernel } from '../kernel/install';

/** `convlens install`: registers the kernel with Jupyter, or with `remove` removes it. */
export function installCommand({ remove, ...place }: InstallPlace & { remove?: boolean } = {}): number {
  if (remove) {
    const folder = removeKernel(place);
    console.log(folder ? `removed ${folder}` : 'the kernel is not installed there: nothing to remove');
  } else {
    console.log(`installed ${installKernel(place)}`);
  }
  return 0;
}
