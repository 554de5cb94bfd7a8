import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { installKernel } from '../../src/kernel/install';
import { type Cell, type Notebook, readNotebook, textOf } from '../../src/notebook/nbformat';
import { suite } from '../suite';

const programs = process.env['CONVLENS_PIPELINES'] ?? '';
const home = mkdtempSync(join(tmpdir(), 'convlens-pipelines-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
installKernel({ prefix: home });
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${programs}${delimiter}${process.env['PATH']}`,
  JUPYTER_PATH: join(home, 'share', 'jupyter'),
  JUPYTER_CONFIG_DIR: join(home, 'config'),
  PYTHONPATH: join(home, 'site'),
};

/** Runs a program of the virtual environment in the folder of this test. */
function run(program: string, ...args: string[]) {
  return runIn(home, program, ...args);
}

function runIn(cwd: string, program: string, ...args: string[]) {
  const ran = spawnSync(join(programs, program), args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 200_000,
  });
  if (ran.error) throw ran.error;
  return { ...ran, said: ran.stdout + ran.stderr };
}

function cell(source: string, metadata: Cell['metadata'] = {}, outputs: Cell['outputs'] = []): Cell {
  const id = `cell-${cell.count++}`;
  return { id, cell_type: 'code', metadata, source, outputs, execution_count: outputs?.length ? 1 : null };
}
cell.count = 0;

function write(path: string, ...cells: Cell[]): string {
  const kernelspec = { name: 'convlens', display_name: 'TypeScript (convlens)', language: 'typescript' };
  const notebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), JSON.stringify(notebook));
  return path;
}

const read = (path: string): Notebook => JSON.parse(readFileSync(join(home, path), 'utf8'));

suite('pipelines around the convlens kernel', {
  'papermill sets parameters of every type, once the plugin of this repository is installed': () => {
    cpSync(resolve('papermill'), join(home, 'papermill'), { recursive: true });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    const installed = run('python', ...pip, '--target', join(home, 'site'), join(home, 'papermill'));
    assert.is(installed.status, 0, installed.said);
    const path = write(
      'in.ipynb',
      cell(
        'const channel: number = 1; // which channel\nconst cmap: string = "viridis";\nconst on = false;',
        {
          tags: ['parameters'],
        },
      ),
      cell('console.log(JSON.stringify([channel, cmap, on, sizes, more]));'),
    );
    const yaml = 'sizes: [1, 2.5]\nmore: {a: null, "b c": "it\'s"}';
    const set = ['-p', 'channel', '7', '-p', 'cmap', 'ma"g\nma', '-p', 'on', 'True', '-y', yaml];
    const ran = run('papermill', path, 'out.ipynb', ...set);
    assert.is(ran.status, 0, ran.said);
    const { cells } = read('out.ipynb');
    assert.equal(cells[1]!.metadata.tags, ['injected-parameters']);
    const [output] = cells[2]!.outputs!;
    const text = 'text' in output! ? textOf(output.text) : '';
    assert.equal(JSON.parse(text), [7, 'ma"g\nma', true, [1, 2.5], { a: null, 'b c': "it's" }]);
    const help = run('papermill', '--help-notebook', path);
    assert.match(help.said, /channel: number \(default 1\)\s+which channel/);
  },

  'nbgrader grades a right and a wrong solution in TypeScript': () => {
    const course = 'course';
    mkdirSync(join(home, course));
    writeFileSync(
      join(home, course, 'nbgrader_config.py'),
      'c = get_config()\nc.CourseDirectory.course_id = "cnn"\nc.ClearSolutions.code_stub = {"typescript": "// YOUR CODE HERE\\nthrow new Error(\'not done\')"}\n',
    );
    const graded = (grade: object, source: string) =>
      cell(source, {
        nbgrader: { schema_version: 3, locked: false, grade: false, solution: false, ...grade },
      });
    const solution = (body: string) =>
      graded({ grade_id: 'square', solution: true }, `function square(x: number): number {\n${body}\n}`);
    const check = graded(
      { grade_id: 'test-square', grade: true, locked: true, points: 4, cell_type: 'code' },
      'if (square(3) !== 9) throw new Error("square(3) is " + square(3));',
    );
    const full = '  // BEGIN SOLUTION\n  return x * x;\n  // END SOLUTION';
    const name = 'ps1/one.ipynb';
    write(`${course}/source/${name}`, solution(full), check);
    const nbgrader = (...args: string[]) => {
      const ran = runIn(join(home, course), 'nbgrader', ...args);
      assert.is(ran.status, 0, ran.said);
    };
    nbgrader('generate_assignment', 'ps1', '--create');
    const released = textOf(read(`${course}/release/${name}`).cells[0]!.source);
    assert.match(released, '// YOUR CODE HERE');
    assert.not.match(released, 'return x * x');
    for (const [student, body] of [
      ['right', '  return x * x;'],
      ['wrong', '  return x + x;'],
      ['mistyped', '  return String(x);'],
    ]) {
      const [, released] = read(`${course}/release/${name}`).cells;
      write(`${course}/submitted/${student}/${name}`, solution(body!), released!);
    }
    nbgrader('autograde', 'ps1');
    nbgrader('export');
    const [head, ...rows] = readFileSync(join(home, course, 'grades.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((row) => row.trim().split(','));
    const scores = rows.map((row) => [row[head!.indexOf('student_id')], Number(row[head!.indexOf('score')])]);
    assert.equal(scores.sort(), [
      ['mistyped', 0],
      ['right', 4],
      ['wrong', 0],
    ]);
  },

  'nbval and nbmake run notebooks as tests, and report differences': () => {
    const said = (text: string) => [{ output_type: 'stream' as const, name: 'stdout', text }];
    write('tests/good.ipynb', cell('console.log(1 + 1)', {}, said('2\n')));
    write('tests/other.ipynb', cell('console.log(1 + 1)', {}, said('3\n')));
    write('tests/bad.ipynb', cell('throw new Error("bad")'));
    const pytest = (...args: string[]) =>
      run('python', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...args);
    const good = pytest('--nbval', 'tests/good.ipynb');
    assert.is(good.status, 0, good.said);
    assert.match(pytest('--nbval', 'tests/other.ipynb').said, /1 failed/);
    assert.is(pytest('--nbmake', 'tests/good.ipynb').status, 0);
    assert.match(pytest('--nbmake', 'tests/bad.ipynb').said, /Error: bad[\s\S]*1 failed/);
  },

  'jupytext pairs a notebook with a TypeScript file; nbdime compares sources only': () => {
    write('pair.ipynb', cell('const x: number = 1;'), cell('x + 1'));
    const paired = run('jupytext', '--to', 'ts:percent', 'pair.ipynb');
    assert.is(paired.status, 0, paired.said);
    const text = readFileSync(join(home, 'pair.ts'), 'utf8');
    assert.match(text, /\/\/ %%\nconst x: number = 1;/);
    assert.match(text, 'name: convlens');
    const back = run('jupytext', '--to', 'notebook', '--execute', '-o', 'back.ipynb', 'pair.ts');
    assert.is(back.status, 0, back.said);
    const outputs = read('back.ipynb').cells.map(({ outputs }) => outputs?.length);
    assert.equal(outputs, [0, 1]);
    const compared = run('nbdiff', '-s', 'pair.ipynb', 'back.ipynb');
    assert.is(compared.status, 0, compared.said);
    assert.not.match(compared.said, 'execute_result');
  },

  'Jupyter Book builds a book of the tutorial without a warning, each figure at its size in CSS pixels':
    () => {
      mkdirSync(join(home, 'book'));
      const [notebook, ...config] = ['tutorial.ipynb', '_config.yml', '_toc.yml'].map((name) =>
        join(home, 'book', name),
      );
      cpSync(resolve('notebooks', 'tutorial.ipynb'), notebook!);
      cpSync(resolve('notebooks', 'cat.jpg'), join(home, 'book', 'cat.jpg'));
      const settings = readFileSync(resolve('docs', 'pipelines.md'), 'utf8').match(
        /execute: \{.*\n\s*sphinx: \{.*/,
      );
      writeFileSync(config[0]!, `${settings?.[0].replace(/^\s+/gm, '')}\n`);
      writeFileSync(config[1]!, 'format: jb-book\nroot: tutorial\n');
      const built = run('jupyter-book', 'build', '--warningiserror', 'book');
      assert.is(built.status, 0, built.said);
      const page = readFileSync(join(home, 'book', '_build', 'html', 'tutorial.html'), 'utf8');
      const { cells } = JSON.parse(readFileSync(notebook!, 'utf8')) as Notebook;
      const widths = cells
        .flatMap(({ outputs }) => outputs ?? [])
        .flatMap((output) => ('metadata' in output ? [output.metadata['image/png']] : []))
        .flatMap((metadata) => (metadata ? [(metadata as { width: number }).width] : []));
      const shown = [...page.matchAll(/<img[^>]* style="width: (\d+)px;/g)].map(([, width]) => Number(width));
      assert.ok(widths.length > 5);
      assert.equal(shown, widths);
    },

  'Sphinx builds the tutorial with nbsphinx and with MyST-NB without a warning, each figure once': () => {
    const docs = readFileSync(resolve('docs', 'pipelines.md'), 'utf8');
    const pandoc = run('python', '-c', 'import pypandoc; print(pypandoc.get_pandoc_path())').stdout.trim();
    const PATH = `${dirname(pandoc)}${delimiter}${env['PATH']}`;
    const kept = JSON.parse(readFileSync(resolve('notebooks', 'tutorial.ipynb'), 'utf8')) as Notebook;
    const figures = kept.cells
      .flatMap(({ outputs }) => outputs ?? [])
      .filter((output) => 'data' in output && 'image/png' in output.data);
    for (const extension of ['nbsphinx', 'myst_nb']) {
      const folder = join(home, extension);
      mkdirSync(folder);
      for (const name of ['tutorial.ipynb', 'cat.jpg'])
        cpSync(resolve('notebooks', name), join(folder, name));
      const [settings] = docs.match(new RegExp(` *extensions = \\["${extension}"\\]\n[^\`]*`)) ?? [];
      writeFileSync(join(folder, 'conf.py'), settings!.replace(/^ +/gm, ''));
      writeFileSync(join(folder, 'index.rst'), 'Title\n=====\n\n.. toctree::\n\n   tutorial\n');
      const args = ['-m', 'sphinx', '-q', '-W', '-b', 'html', folder, `${folder}-pages`];
      const built = spawnSync(join(programs, 'python'), args, { env: { ...env, PATH }, encoding: 'utf8' });
      assert.is(built.status, 0, built.stdout + built.stderr);
      const page = readFileSync(join(`${folder}-pages`, 'tutorial.html'), 'utf8');
      const pictures = page.match(/<img[^>]* src="_images\//g);
      assert.is(pictures?.length, figures.length, extension);
    }
  },

  'nbstripout leaves no output': () => {
    write('strip.ipynb', cell('1', {}, [{ output_type: 'stream', name: 'stdout', text: '1' }]));
    const stripped = run('nbstripout', 'strip.ipynb');
    assert.is(stripped.status, 0, stripped.said);
    assert.equal(read('strip.ipynb').cells[0]!.outputs, []);
  },

  'the tutorial as slides has one slide per step': () => {
    const path = resolve('notebooks', 'tutorial.ipynb');
    const made = run('jupyter-nbconvert', '--to', 'slides', '--output-dir', home, path);
    assert.is(made.status, 0, made.said);
    const slides = readFileSync(join(home, 'tutorial.slides.html'), 'utf8').match(/<section[^>]*><section/g);
    assert.is(slides?.length, 15);
  },

  "nbconvert's page has the text of each figure as its alternative text, with the template of docs/sharing.md":
    () => {
      const template = /^mkdir with-alt\n[\s\S]*?^END$/m.exec(
        readFileSync(resolve('docs', 'sharing.md'), 'utf8'),
      )![0];
      const laid = spawnSync('sh', ['-e'], { cwd: home, input: template, encoding: 'utf8' });
      assert.is(laid.status, 0, laid.stderr);
      const path = resolve('notebooks', 'tutorial.ipynb');
      const made = run(
        'jupyter-nbconvert',
        '--to',
        'html',
        '--template',
        'with-alt',
        '--output-dir',
        home,
        path,
      );
      assert.is(made.status, 0, made.said);
      const alts = [...readFileSync(join(home, 'tutorial.html'), 'utf8').matchAll(/<img alt="([^"]*)"/g)];
      const texts = readNotebook(path).cells.flatMap(({ outputs = [] }) =>
        outputs.flatMap((output) => {
          const { alt } = (('metadata' in output && output.metadata?.['image/png']) || {}) as {
            alt?: string;
          };
          return alt === undefined ? [] : [alt];
        }),
      );
      assert.ok(texts.length > 5);
      assert.equal(
        alts.map(([, alt]) =>
          alt!
            .replace(/&#39;/g, "'")
            .replace(/&quot;/g, '"')
            .replace(/&lt;/g, '<')
            .replace(/&gt;/g, '>')
            .replace(/&amp;/g, '&'),
        ),
        texts,
      );
    },
});
