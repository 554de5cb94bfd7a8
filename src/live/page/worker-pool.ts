/**
 * Cells are run by eval, which the page itself must not have. A worker keeps the policy of the moment it starts, so the
 * page starts some under the wider policy, and then forbids itself to evaluate text. Each Stop uses one up. (A worker
 * that starts others would need no store of them, but in Firefox those have the page's present policy.)
 */
const WORKER = `
onmessage = ({ data }) => {
  try {
    (0, eval)(data);
  } catch (error) {
    postMessage({ broken: String(error) });
  }
};
postMessage('up');`;

/** How many are started: one to run cells, and one for each Stop or Restart before the page must be loaded again. */
const COUNT = 6;

/**
 * Starts the workers, and then narrows the page's policy.
 *
 * @returns workers that evaluate the text that they get first
 * @throws {Error} when the browser starts no worker, or has no WebAssembly
 */
export async function startWorkers(): Promise<Worker[]> {
  if (typeof WebAssembly !== 'object') throw new Error('this browser has no WebAssembly');
  const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
  try {
    return await Promise.all(Array.from({ length: COUNT }, () => started(new Worker(url))));
  } finally {
    narrowPolicy();
    URL.revokeObjectURL(url);
  }
}

function started(worker: Worker): Promise<Worker> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve(worker);
    worker.onerror = () => reject(new Error('this browser starts no worker from a page'));
    setTimeout(() => reject(new Error('its worker does not answer')), 20_000);
  });
}

/** From here on the page evaluates no text. A policy can only be narrowed, so nothing takes this back. */
function narrowPolicy(): void {
  const given = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')!;
  const narrow = document.createElement('meta');
  narrow.httpEquiv = 'Content-Security-Policy';
  narrow.content = given.content.replace(" 'unsafe-eval'", '');
  document.head.append(narrow);
}
