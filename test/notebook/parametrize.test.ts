import * as assert from 'uvu/assert';
import { type Notebook, textOf } from '../../src/notebook/nbformat';
import { setParameters } from '../../src/notebook/parametrize';
import { suite } from '../suite';

const DEFAULTS = `// what to look at
const picture = 'cat.jpg';
const channel: number = 3; // of the first layer
const live = true;
const layers = ['conv2d_1', 'conv2d_2'];
let sizes: number[] = [1, 2];`;

function notebookOf(source: string): Notebook {
  const cell = (text: string, tags: string[]) => ({
    cell_type: 'code' as const,
    metadata: { tags },
    source: text,
    outputs: [],
  });
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [cell(source, ['parameters']), cell('show(channel)', [])],
  };
}

function injected(source: string, ...assignments: string[]): string {
  const notebook = notebookOf(source);
  setParameters(notebook, assignments);
  assert.equal(notebook.cells[1]!.metadata.tags, ['injected-parameters']);
  return textOf(notebook.cells[1]!.source);
}

function refused(source: string, assignment: string, words: RegExp) {
  assert.throws(
    () => setParameters(notebookOf(source), [assignment]),
    (error: Error) => error.name === 'NotebookError' && words.test(error.message),
  );
}

suite('parameters', {
  'values are declared like the defaults': () => {
    assert.is(injected(DEFAULTS, 'channel=7'), 'const channel: number = 7;');
    assert.is(injected(DEFAULTS, 'picture=a "b".jpg'), 'const picture = "a \\"b\\".jpg";');
    assert.is(
      injected(DEFAULTS, 'live=false', 'layers=["x"]', 'sizes=3,4'),
      'const live = false;\nconst layers = ["x"];\nlet sizes: number[] = [3,4];',
    );
  },
  "Python's defaults are set in Python": () => {
    assert.is(injected('a = 1\nb = True  # so\n', 'b=false', 'a=-2.5'), 'b = False\na = -2.5');
  },
  'a cell injected before is replaced': () => {
    const notebook = notebookOf(DEFAULTS);
    setParameters(notebook, ['channel=7']);
    setParameters(notebook, ['channel=8']);
    assert.is(notebook.cells.length, 3);
    assert.is(textOf(notebook.cells[1]!.source), 'const channel: number = 8;');
  },
  'an unknown name is refused with the nearest one': () => {
    refused(DEFAULTS, 'chanel=7', /no such parameter\. Did you mean "channel"\? It has picture, channel/);
    refused(DEFAULTS, 'zzzzzzzzzz=7', /no such parameter\. It has picture/);
    refused(DEFAULTS, 'channel', /not of the form name=value/);
  },
  'a value of another type is refused': () => {
    refused(DEFAULTS, 'channel=seven', /Cannot set channel to seven: it is a number\. Its default is 3/);
    refused(DEFAULTS, 'channel=', /it is a number/);
    refused(DEFAULTS, 'live=1', /true or false/);
    refused(DEFAULTS, 'layers=[1]', /an array of strings/);
    refused('const model = load();', 'model=3', /its default is not a number/);
  },
  'a notebook without such a cell is refused': () => {
    const notebook = notebookOf(DEFAULTS);
    notebook.cells[0]!.metadata = {};
    assert.throws(
      () => setParameters(notebook, ['channel=7']),
      /no cell of the notebook is tagged "parameters"/,
    );
  },
});
