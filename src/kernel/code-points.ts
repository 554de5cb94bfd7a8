/** Jupyter counts code points, TypeScript UTF-16 units. */
export function toUnits(text: string, points: number): number {
  let units = 0;
  for (let i = 0; i < points && units < text.length; i++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

export function toPoints(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}
