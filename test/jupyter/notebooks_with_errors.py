"""Runs a notebook with errors through nbclient in the kernel named KERNEL and prints what came of it."""

import json
import os

import nbformat
from nbclient import NotebookClient

cells = [
    "const a: number = 1; a",
    "throw new RangeError('bad')",
    "let s: string = a;",
    "console.log('after the errors', a)",
    "await new Promise((r) => setTimeout(r, 50)); [a, 'x']",
]
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
client = NotebookClient(notebook, kernel_name=os.environ["KERNEL"], allow_errors=True, timeout=60)
client.execute()
nbformat.validate(notebook)
print(json.dumps([cell.outputs for cell in notebook.cells]))
