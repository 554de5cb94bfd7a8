/** Shows how far a long computation is, in whatever way fits where it runs. */
export interface ProgressBar {
  /** @param done parts of the total that are finished */
  update(done: number): void;
  /** Called at the end, also after an error. */
  end(): void;
}

type Open = (title: string, total: number) => ProgressBar;

let open: Open | undefined;

/** Sets how progress is shown; by default it is not. The core does not know what it runs in. */
export function useProgress(given: Open): void {
  open = given;
}

/** A computation that takes less than this, in ms, shows no progress. */
const PATIENCE = 2000;

/**
 * A bar that is shown once it is clear that the whole takes long.
 *
 * @param title what is computed, such as `score-cam`
 */
export function lateBar(title: string, total: number): ProgressBar {
  const started = performance.now();
  let bar: ProgressBar | undefined;
  let over = false;
  return {
    update(done) {
      if (over) return;
      const spent = performance.now() - started;
      const expected = done > 0 ? (spent / done) * total : 0;
      if (!bar && open && Math.max(spent, expected) > PATIENCE) bar = open(title, total);
      bar?.update(done);
    },
    end() {
      if (!over) bar?.end();
      over = true;
    },
  };
}

/**
 * Runs the parts of a computation one after another, and shows how many are done if all of them take long.
 *
 * @param title what is computed, such as `score-cam`
 * @param part computes one of them
 */
export async function inParts(
  title: string,
  total: number,
  part: (index: number) => Promise<void> | void,
): Promise<void> {
  const bar = lateBar(title, total);
  try {
    for (let index = 0; index < total; index++) {
      await part(index);
      bar.update(index + 1);
      // Lets messages and interrupts through.
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    bar.end();
  }
}
