import type { KernelClient } from './client';
import { textOf } from './nbformat';
import { OutputCollector } from './outputs';

const MARK = 'convlens-backend:';

// tslab's engine keeps the cells' `require` in a global; TensorFlow.js knows which backend is active.
const QUESTION = `for (const [path, m] of Object.entries<any>((globalThis as any).__tslab__.require.cache))
  if (/[\\\\/]tfjs-core[\\\\/]dist[\\\\/]tf-core\\.node\\.js$/.test(path) && m.exports.getBackend())
    console.log('${MARK}' + m.exports.getBackend());`;

/**
 * Asks a TypeScript kernel which TensorFlow its cells ran on, with a request that no cell shows.
 *
 * @returns "native", "wasm" or "cpu"; nothing when the cells loaded no TensorFlow or it cannot be told
 */
export async function loadedBackend(kernel: KernelClient): Promise<string | undefined> {
  if (kernel.spec.language !== 'typescript') return undefined;
  const collector = new OutputCollector(new Map());
  try {
    await kernel.execute(QUESTION, {
      silent: true,
      store_history: false,
      seconds: 5,
      onMessage: (message) => collector.add(message),
    });
  } catch {
    return undefined;
  }
  const text = collector.outputs.map((output) => ('text' in output ? textOf(output.text) : '')).join('');
  const name = text.match(new RegExp(`${MARK}(\\w+)`))?.[1];
  return name === 'tensorflow' ? 'native' : name;
}
