/** @returns the error for what a page does not have */
export function onlyInNode(what: string): Error {
  return new Error(
    `Cannot run this cell in a page: it needs ${what}, which only Node has. Run the notebook in JupyterLab or VS Code with convlens.`,
  );
}
