/** The reader's edits by cell, kept in the browser where it allows that. */
export interface StoredEdits {
  get(cell: number): string | undefined;
  /** Keeps an edit; nothing takes it away. */
  set(cell: number, text: string | undefined): void;
  size(): number;
  clear(): void;
}

/** @param id of the notebook: another version of it has other edits */
export function storedEdits(id: string): StoredEdits {
  const key = `convlens:${id}`;
  const edits = new Map<number, string>(read(key));
  const keep = () => {
    try {
      if (edits.size) localStorage.setItem(key, JSON.stringify([...edits]));
      else localStorage.removeItem(key);
    } catch {
      // Without storage edits live as long as the page.
    }
  };
  return {
    get: (cell) => edits.get(cell),
    set(cell, text) {
      if (text === undefined) edits.delete(cell);
      else edits.set(cell, text);
      keep();
    },
    size: () => edits.size,
    clear() {
      edits.clear();
      keep();
    },
  };
}

function read(key: string): [number, string][] {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? '[]') as unknown;
    const isEdit = (one: unknown) =>
      Array.isArray(one) && Number.isInteger(one[0]) && typeof one[1] === 'string';
    return Array.isArray(stored) ? stored.filter(isEdit) : [];
  } catch {
    return [];
  }
}
