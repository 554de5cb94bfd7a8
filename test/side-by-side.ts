/**
 * Runs jobs that often wait, such as for a kernel that starts or ends, a few at a time. Tests take the results in order.
 *
 * @param jobs in the order in which their results are asked for
 * @param lanes how many run at a time
 * @returns the result of a job, by its name; the first call starts them
 */
export function sideBySide<T>(
  jobs: ReadonlyMap<string, () => Promise<T>>,
  lanes = 2,
): (name: string) => Promise<T> {
  let begin = () => {};
  const ends = Array<Promise<void>>(lanes).fill(new Promise((resolve) => (begin = resolve)));
  const results = new Map<string, Promise<T>>();
  for (const [name, job] of jobs) {
    const lane = results.size % lanes;
    const result = ends[lane]!.then(job);
    results.set(name, result);
    // The test that asks for it gets the error.
    ends[lane] = result.then(
      () => {},
      () => {},
    );
  }
  return (name) => {
    begin();
    return results.get(name)!;
  };
}
