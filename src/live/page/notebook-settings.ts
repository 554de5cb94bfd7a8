/** What a notebook's page carries besides its bytes. */
export interface NotebookSettings {
  /** Names the notebook in the reader's storage. */
  id: string;
  /** The file that "Download notebook" writes. */
  fileName: string;
  /** The notebook without outputs, in nbformat 4. */
  notebook: {
    cells: NotebookCell[];
    [property: string]: unknown;
  };
  /** Files in the page; each one's bytes or weights are the section `file-` and its number. */
  files: readonly FileFacts[];
}

export interface NotebookCell {
  cell_type: string;
  source: string;
  [property: string]: unknown;
}

export interface FileFacts {
  /** As cells write it. */
  path: string;
  /** Set for a model: what belongs to its weights. */
  model?: { graph: string; dialect: 2 | 3; sizes: readonly number[]; bits: 32 | 16 };
}
