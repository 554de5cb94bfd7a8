/**
 * The names of the layers of loaded models.
 *
 * @param variables all variables of all cells
 * @param code only models that it names count; if it names none, all do
 */
export function layersOf(variables: Record<string, unknown>, code: string): string[] {
  const models = Object.keys(variables).flatMap((name): [string, string[]][] => {
    const names = namesOf(() => variables[name]);
    return names.length > 0 ? [[name, names]] : [];
  });
  const words = new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
  const meant = models.filter(([name]) => words.has(name));
  return [...new Set((meant.length > 0 ? meant : models).flatMap(([, names]) => names))];
}

/** A variable may not be readable, and a value may be anything. */
function namesOf(read: () => unknown): string[] {
  try {
    const { layers } = read() as { layers?: { name?: unknown }[] };
    const names = Array.isArray(layers) ? layers.map((layer) => layer?.name) : [];
    return names.every((name) => typeof name === 'string') ? (names as string[]) : [];
  } catch {
    return [];
  }
}
