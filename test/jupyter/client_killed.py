"""Starts the kernel by nbclient, prints the pids of engine and kernel, and is killed as by `kill -9`."""

import os
import signal

import nbformat
from nbclient import NotebookClient

cell = nbformat.v4.new_code_cell("console.log(process.pid, process.ppid)")
notebook = nbformat.v4.new_notebook(cells=[cell])
client = NotebookClient(notebook, kernel_name=os.environ["KERNEL"])
with client.setup_kernel():
    client.execute_cell(notebook.cells[0], 0)
    print(notebook.cells[0].outputs[0].text, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
