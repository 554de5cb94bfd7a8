import type { Message } from '../jupyter/wire';

/** Where a cell stands, as far as the front end says so; JupyterLab does. */
export interface NotebookPlace {
  /** The id of the notebook's cell. */
  notebookCell?: string;
  /** Cells that were deleted. */
  deleted: string[];
}

export function placeOf({ metadata: { cellId, deletedCells } }: Message): NotebookPlace {
  const deleted = Array.isArray(deletedCells) ? deletedCells.filter((id) => typeof id === 'string') : [];
  return { ...(typeof cellId === 'string' && { notebookCell: cellId }), deleted };
}
