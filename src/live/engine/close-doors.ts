/**
 * Takes away what leads from a worker to other pages of the same address, or keeps something after it: the policy of the
 * page closes the network, and a page from a server shares these with its neighbours.
 */
export function closeDoors(): void {
  const names = [
    'BroadcastChannel',
    'SharedWorker',
    'Worker',
    'indexedDB',
    'caches',
    'cookieStore',
    'WebTransport',
  ];
  const { navigator } = globalThis as { navigator?: object };
  for (const name of names) remove(globalThis, name);
  for (const name of ['storage', 'locks', 'serviceWorker', 'credentials'])
    if (navigator) remove(navigator, name);
}

/** Removes a property of an object and of everything that it inherits from. */
function remove(from: object, name: string): void {
  for (let holder: object | null = from; holder; holder = Object.getPrototypeOf(holder)) {
    if (Object.hasOwn(holder, name)) Reflect.deleteProperty(holder, name);
  }
}
