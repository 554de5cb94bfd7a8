/** Functions that every cell of the convlens kernel can call without an import. */
declare global {
  /**
   * Asks the person at the notebook for a line of text.
   *
   * @param prompt shown before the field
   * @throws when the front end does not support input
   */
  function input(prompt?: string, options?: { password?: boolean }): Promise<string>;

  /**
   * Clears what the cell has shown so far.
   *
   * @param wait whether to wait for the next output, which avoids flicker
   */
  function clearOutput(wait?: boolean): void;
}

export {};
