import { inspect } from 'node:util';

/**
 * Lets every Promise that a cell prints or ends with say what to do. Node would print its state, and the numbers that
 * the kernel's own `AsyncLocalStorage` keeps in it.
 */
export function namePromises(): void {
  Object.defineProperty(Promise.prototype, inspect.custom, {
    configurable: true,
    writable: true,
    value: () => 'Promise (write await)',
  });
}
