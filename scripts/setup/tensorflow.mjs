import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { folderOf } from './packages.mjs';
import { debian, exists, npm, run, step } from './step.mjs';

/** The wheel that brings the addon's library. 2.13.1 is the newest below 200 MB; newer ones work as well. */
const VERSION = '2.13.1';
const SHA256 = '87be6e61314b2c0fa062f71e26e41d6a17e162ffe4da72c820fe8f1fc94d97fe';
const WHEEL = [
  '--python-version',
  '3.11',
  '--implementation',
  'cp',
  '--abi',
  'cp311',
  '--platform',
  'manylinux_2_17_x86_64',
];
/** N-API version of the addon: the newest that tfjs-node lists, and the same for Node 20, 22 and 24. */
const NAPI = 8;

/** Where libraries and addon are kept, so that `npm ci` does not lose them. */
function cacheFolder() {
  const base =
    process.env.CONVLENS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'convlens');
  return join(base, `tensorflow-${VERSION}-tfjs-node-4.22.0-napi-v${NAPI}`);
}

/** @returns {string | undefined} why TensorFlow does not load; asked in a process of its own */
function trouble(folder) {
  // tfjs-node 4.22 calls what Node 23 removed; src/tensorflow/backend.ts patches it the same way.
  const code = `const util = require('node:util'); util.isNullOrUndefined ??= (v) => v == null; util.isArray ??= Array.isArray;
    require(${JSON.stringify(folder)});`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return /^Error: (.*)$/m.exec(stderr)?.[1] ?? `it ended with ${status}`;
}

/**
 * Native TensorFlow for @tensorflow/tfjs-node: its own installer, else the library from the Python wheel with the addon
 * built here. If neither works, wasm runs, and a line says why.
 *
 * @param {boolean} force try again what failed before
 */
export async function installTensorFlow(force) {
  let folder = folderOf('@tensorflow/tfjs-node');
  // Checks only that the file exists: loading its 500 MB would take a third of a second in each run.
  const addon = () => folder && join(folder, 'lib', `napi-v${NAPI}`, 'tfjs_binding.node');
  const stamp = () => join(folder, '.convlens-native');
  if (
    folder &&
    existsSync(stamp()) &&
    !force &&
    (existsSync(addon()) || readFileSync(stamp(), 'utf8') !== 'ready') &&
    !leavesPackage(folder)
  ) {
    const kept = readFileSync(stamp(), 'utf8');
    if (kept !== 'ready') console.log(kept);
    return;
  }
  try {
    await step('TensorFlow, native', async () => {
      if (!folder) {
        // npm removes an optional package when its install script fails.
        await npm(['install', '--no-save', '--ignore-scripts', '@tensorflow/tfjs-node@4.22.0']);
        folder = folderOf('@tensorflow/tfjs-node');
      }
      if (trouble(folder) || leavesPackage(folder)) await road(folder);
      const reason = trouble(folder);
      if (reason) throw new Error(reason);
    });
    writeFileSync(stamp(), 'ready');
  } catch (error) {
    const [reason] = error.message.split('\n').slice(-1);
    const line = `TensorFlow runs as wasm, not native: ${reason.trim()} (try again: npm run setup -- --force)`;
    console.log(line);
    if (folder) writeFileSync(stamp(), line);
  }
}

async function road(folder) {
  const cached = join(cacheFolder(), 'tfjs_binding.node');
  if (!existsSync(cached)) {
    const own = await npm(['rebuild', '@tensorflow/tfjs-node'], {
      cwd: dirname(dirname(dirname(folder))),
      seconds: 300,
    }).then(
      () => !trouble(folder),
      () => false,
    );
    if (own) return;
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new Error(
        `its installer failed, and there is no other way on ${process.platform} ${process.arch}`,
      );
    }
    await fillCache(folder, cached);
  }
  link(folder, cached);
}

/** Makes libraries, headers and addon in a temporary folder and renames it: an interrupted run leaves nothing incomplete. */
async function fillCache(folder, cached) {
  if (
    !['python3', 'make', 'g++'].every(exists) ||
    spawnSync('python3', ['-m', 'pip', '--version']).status !== 0
  ) {
    await debian(['build-essential', 'python3', 'python3-pip']);
  }
  const cache = cacheFolder();
  mkdirSync(dirname(cache), { recursive: true });
  const work = mkdtempSync(`${cache}.`);
  try {
    const requirements = join(work, 'requirements.txt');
    writeFileSync(requirements, `tensorflow-cpu==${VERSION} --hash=sha256:${SHA256}\n`);
    const download = [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      ...WHEEL,
    ];
    await run('python3', [...download, '-d', work, '-r', requirements]);
    await run('python3', ['-c', UNPACK, work]);
    for (const name of ['tensorflow', 'tensorflow_framework']) {
      const library = name === 'tensorflow' ? 'libtensorflow_cc.so.2' : 'libtensorflow_framework.so.2';
      symlinkSync(library, join(work, 'lib', `lib${name}.so`));
      if (name === 'tensorflow') symlinkSync(library, join(work, 'lib', 'libtensorflow.so.2'));
    }
    // The addon is built against folders of its own package: during the build these are links into the cache.
    rmSync(join(folder, 'deps'), { recursive: true, force: true });
    mkdirSync(join(folder, 'deps'));
    for (const part of ['lib', 'include']) symlinkSync(join(work, part), join(folder, 'deps', part));
    await build(folder);
    copyFileSync(join(folder, 'lib', `napi-v${NAPI}`, 'tfjs_binding.node'), join(work, 'tfjs_binding.node'));
    openToAll(work);
    rmSync(cache, { recursive: true, force: true });
    renameSync(work, cache);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  if (!existsSync(cached)) throw new Error('the addon was not built');
}

/** Extracts two libraries and the headers from the wheel in the folder argv[1], then removes the wheel. */
const UNPACK = `
import glob, os, shutil, sys, zipfile
folder = sys.argv[1]
[wheel] = glob.glob(os.path.join(folder, "*.whl"))
libraries = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith("tensorflow/include/tensorflow/") and name.endswith(".h"):
            target = os.path.join(folder, "include", name[len("tensorflow/include/"):])
        elif name.startswith("tensorflow/") and name[len("tensorflow/"):] in libraries:
            target = os.path.join(folder, "lib", os.path.basename(name))
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out)
os.remove(wheel)
`;

/** Makes a shared folder readable for every user, whatever the umask. */
function openToAll(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, 0o644);
  }
}

/** Whether an earlier version has linked the libraries into a cache that other users cannot read. */
function leavesPackage(folder) {
  return lstatSync(join(folder, 'deps', 'lib'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Puts libraries and addon into the package: whoever can read the package can run them. */
function link(folder, cached) {
  const libraries = join(dirname(cached), 'lib');
  rmSync(join(folder, 'deps'), { recursive: true, force: true });
  mkdirSync(join(folder, 'deps', 'lib'), { recursive: true });
  for (const entry of readdirSync(libraries, { withFileTypes: true })) {
    const [from, to] = [libraries, join(folder, 'deps', 'lib')].map((place) => join(place, entry.name));
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else linkOrCopy(from, to);
  }
  mkdirSync(join(folder, 'lib', `napi-v${NAPI}`), { recursive: true });
  const addon = join(folder, 'lib', `napi-v${NAPI}`, 'tfjs_binding.node');
  copyFileSync(cached, addon);
  openToAll(join(folder, 'deps'));
  openToAll(dirname(addon));
}

/** A hard link saves 500 MB; across file systems, or as another user, the file must be copied. */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

/** npm's own node-gyp, with this Node's headers if they are installed (else it downloads them). */
async function build(folder) {
  const cli =
    process.env.npm_execpath ??
    join(
      spawnSync('npm', ['root', '-g'], {
        encoding: 'utf8',
        shell: process.platform === 'win32',
      }).stdout.trim(),
      'npm',
      'bin',
      'npm-cli.js',
    );
  const gyp = join(dirname(dirname(cli)), 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const target = join(folder, 'lib', `napi-v${NAPI}`);
  const options = [`--napi_build_version=${NAPI}`, '--module_name=tfjs_binding', `--module_path=${target}`];
  await run(process.execPath, [gyp, 'rebuild', ...headers, ...options], { cwd: folder });
}
