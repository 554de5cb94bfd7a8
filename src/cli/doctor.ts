import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { findKernel, installedKernels, kernelNames } from '../jupyter/kernelspec';
import { closedToOthers, libraryFile, unreadable } from '../tensorflow/library';

interface Finding {
  what: string;
  found: string;
  /** What to do about it. */
  advice?: string;
  /** Whether the tutorial cannot run without it. */
  stops?: true;
}

const PACKAGES = ['tslab', '@swc/core', '@tensorflow/tfjs-core', 'vega', 'vega-lite', 'canvas', 'zeromq'];

const SETUP = 'npx convlens setup';
const INSTALL = `npm install --ignore-scripts, then ${SETUP}`;

const LOAD = 'Promise.resolve(process.argv[1]).then(require)';
/** sharp is loaded with the first picture: here a PNG of one pixel. */
const READ = `require(process.argv[1]).loadImage(
  Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64'))`;

/** ZeroMQ is loaded with the first socket; these sockets connect to nothing. */
const CONNECT = `(async () => require(process.argv[1]).connectClient(
  { transport: 'tcp', ip: '127.0.0.1', key: 'doctor', shell_port: 1, control_port: 1, stdin_port: 1, iopub_port: 1, hb_port: 1 },
).close())()`;

/**
 * `convlens doctor`: what is installed, which TensorFlow runs, and what to do about what is missing.
 *
 * @returns the exit code: 0 when the tutorial can run (as wasm too), 1 when something it needs is missing
 */
export async function doctorCommand({ json = false }: { json?: boolean } = {}): Promise<number> {
  const findings: Finding[] = [
    { what: 'convlens', found: require('../../../package.json').version },
    { what: 'Node', found: process.version.slice(1) },
    npm(),
    ...PACKAGES.map(version),
    tensorflow(),
    ...library(),
    part('pictures (sharp)', INSTALL, join(__dirname, '..', 'pictures', 'load'), READ),
    part('drawing (canvas)', SETUP, join(__dirname, '..', '..', 'renderers', 'png', 'draw')),
    part('wire (zeromq)', INSTALL, join(__dirname, '..', 'jupyter', 'sockets'), CONNECT),
    checker(),
    ...kernelNames().map(kernel),
    ...kernelspecs(),
    importing(),
  ];
  if (json) console.log(JSON.stringify(findings, null, 2));
  else console.log(table(findings));
  return findings.some(({ stops }) => stops) ? 1 : 0;
}

function table(findings: Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length)) + 2;
  return findings
    .map(({ what, found, advice }) => `${what.padEnd(width)}${found}${advice ? `\n  → ${advice}` : ''}`)
    .join('\n');
}

function npm(): Finding {
  const { stdout } = spawnSync('npm', ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const found = stdout?.trim();
  if (found) return { what: 'npm', found };
  return { what: 'npm', found: 'not found', advice: `put npm on the PATH: ${SETUP} needs it` };
}

function version(name: string): Finding {
  try {
    return { what: name, found: require(`${name}/package.json`).version };
  } catch {
    return { what: name, found: 'missing', advice: INSTALL, stops: true };
  }
}

function tensorflow(): Finding {
  const what = 'TensorFlow';
  const asked = process.env['CONVLENS_BACKEND'];
  const running = start(asked);
  if (running.trouble !== undefined) {
    const advice = asked
      ? `${SETUP} --force, or unset CONVLENS_BACKEND`
      : `${SETUP} --force, or set CONVLENS_BACKEND=wasm`;
    return { what, found: `missing: ${running.trouble}`, advice, stops: true };
  }
  if (asked) return { what, found: `${running.said} (CONVLENS_BACKEND says so)` };
  if (running.said === 'native') return { what, found: 'native' };
  const { trouble } = start('native');
  return { what, found: `${running.said}; native does not load: ${trouble}`, advice: `${SETUP} --force` };
}

/** Starts TensorFlow as a cell would: the backend that was asked for, else native, else wasm. */
function start(backend = '') {
  const code = 'require(process.argv[1]).ready().then(({ name }) => console.log(name))';
  return attempt(code, join(__dirname, '..', 'tensorflow', 'backend'), { CONVLENS_BACKEND: backend });
}

function part(what: string, advice: string, module: string, code = LOAD): Finding {
  const { trouble } = attempt(code, module);
  if (trouble === undefined) return { what, found: 'works' };
  return { what, found: `missing: ${trouble}`, advice, stops: true };
}

/**
 * Runs asynchronous code in a process of its own, because a native library that does not fit the machine crashes the
 * process that loads it.
 *
 * @returns its output, and the first line of its error if it failed
 */
function attempt(code: string, module: string, env: NodeJS.ProcessEnv = {}) {
  const caught = `${code}.catch(({ message, cause }) => {
    process.stdout.write(String(cause?.message ?? message).split('\\n')[0]);
    process.exitCode = 1;
  })`;
  const { status, signal, stdout } = spawnSync(process.execPath, ['-e', caught, module], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const said = stdout.trim();
  return { said, trouble: status === 0 ? undefined : said || `it ends with ${signal ?? status}` };
}

/** The kernel's type checker, a program that npm installs for this platform. */
function checker(): Finding {
  const what = 'type checker (kernel)';
  try {
    const { version } = require('typescript-7/package.json');
    const { compilerFile } = require('../kernel/checker/language-server');
    const { status } = spawnSync(compilerFile(), ['--version']);
    if (status === 0) return { what, found: `TypeScript ${version}` };
    return { what, found: `TypeScript ${version} does not run here`, advice: INSTALL, stops: true };
  } catch {
    return { what, found: `missing for ${process.platform} ${process.arch}`, advice: INSTALL, stops: true };
  }
}

function kernel(name: string): Finding {
  const what = `kernel ${name}`;
  try {
    return { what, found: findKernel(name).argv.join(' ') };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    // The tutorial needs tslab's kernel; Jupyter's other kernels are optional.
    if (name === 'tslab') return { what, found: `missing: ${reason}`, advice: INSTALL, stops: true };
    return { what, found: `broken: ${reason}`, advice: 'correct its kernel.json, or remove its folder' };
  }
}

/** Where Jupyter knows this package's kernel from: a kernelspec names Node and the package by their paths. */
function kernelspecs(): Finding[] {
  const what = 'kernelspec of convlens';
  const folders = installedKernels('convlens');
  if (folders.length === 0) {
    return [{ what, found: 'none, so Jupyter does not know the kernel', advice: 'npx convlens install' }];
  }
  const advice = 'npx convlens install, with --prefix or --sys-prefix where that was its place';
  const own = join(__dirname, '..', 'kernel', 'main.js');
  return folders.map((folder) => {
    let argv: string[];
    try {
      argv = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')).argv.map(String);
    } catch (error) {
      return { what, found: `broken: ${folder} (${(error as Error).message})`, advice };
    }
    const gone = argv.find((word) => isAbsolute(word) && !existsSync(word));
    if (gone) return { what, found: `broken: ${folder} names ${gone}, which is gone`, advice };
    if (!argv.includes(own)) {
      return { what, found: `${folder} starts another convlens: ${argv.join(' ')}`, advice };
    }
    return { what, found: folder };
  });
}

/** Which convlens a notebook in the current folder imports. */
function importing(): Finding {
  const what = "import 'convlens' here";
  const own = join(__dirname, '..', '..', '..');
  try {
    const found = createRequire(join(process.cwd(), 'cell.js')).resolve('convlens/package.json');
    return { what, found: dirname(found) };
  } catch {
    return { what, found: `${own} (the kernel's own, as nothing is installed nearby)` };
  }
}

/** Who may read the native library. A loader calls one that may not be read a missing one. */
function library(): Finding[] {
  const what = 'native library';
  const file = libraryFile();
  if (!file) return [];
  const closed = unreadable(file);
  const advice = `${SETUP} --force, by whoever installed convlens`;
  if (closed) return [{ what, found: `this user has no permission to read ${closed}`, advice }];
  if (!existsSync(file)) return [];
  const others = process.platform === 'win32' ? undefined : closedToOthers(file);
  return [{ what, found: others ? `only its owner may read it: ${others}` : 'every user may read it' }];
}
