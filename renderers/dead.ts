/** Two lines over a map of one value only: there is nothing to see in it. */
export function crossOver({ width, height }: { width: number; height: number }): object[] {
  const line = (y: number, y2: number) => ({
    data: { values: [{}] },
    mark: { type: 'rule', color: '#777', strokeWidth: 1 },
    encoding: { x: { value: 0 }, x2: { value: width }, y: { value: y }, y2: { value: y2 } },
  });
  return [line(0, height), line(height, 0)];
}
