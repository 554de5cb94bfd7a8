const LATE = Symbol('late');

/** The promise's value, or that of `late` after `ms` milliseconds. */
export async function within<T, U>(promise: Promise<T>, ms: number, late: () => U): Promise<T | U> {
  if (!Number.isFinite(ms)) return promise;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<symbol>((resolve) => {
    timer = setTimeout(() => resolve(LATE), Math.max(ms, 0));
  });
  try {
    const first = await Promise.race([promise, timeout]);
    return first === LATE ? late() : (first as T);
  } finally {
    clearTimeout(timer);
  }
}
