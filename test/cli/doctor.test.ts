import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../suite';

type Findings = Record<string, { found: string; advice?: string }>;

const folder = mkdtempSync(join(tmpdir(), 'convlens-doctor-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function doctor(env: NodeJS.ProcessEnv = {}, ...args: string[]) {
  const cli = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
  const { CONVLENS_BACKEND: _, ...own } = process.env;
  return spawnSync(process.execPath, [cli, 'doctor', ...args], { encoding: 'utf8', env: { ...own, ...env } });
}

function findings(env: NodeJS.ProcessEnv = {}): { status: number | null; found: Findings } {
  const { status, stdout } = doctor(env, '--json');
  const list: { what: string; found: string; advice?: string }[] = JSON.parse(stdout);
  return { status, found: Object.fromEntries(list.map(({ what, ...rest }) => [what, rest])) };
}

/** The environment of a machine on which Node finds everything but packages whose names start so. */
function without(...packages: string[]): NodeJS.ProcessEnv {
  const file = join(folder, `without-${packages.join('-').replace(/\W/g, '_')}.cjs`);
  writeFileSync(
    file,
    `const Module = require('node:module');
    const find = Module._resolveFilename;
    Module._resolveFilename = function (name, ...rest) {
      if (${JSON.stringify(packages)}.some((start) => name.startsWith(start)))
        throw new Error('no ' + name + ' here\\nsecond line');
      return find.call(this, name, ...rest);
    };`,
  );
  return { NODE_OPTIONS: `--require ${JSON.stringify(file)}` };
}

/** Where TensorFlow is not the subject: its native library alone takes longer to start than all the rest. */
const WASM = { CONVLENS_BACKEND: 'wasm' };

suite('doctor', {
  'prints one line for each thing, with the versions that package.json names': () => {
    const { status, stdout, stderr } = doctor();
    assert.is(status, 0, stdout + stderr);
    const { version, dependencies } = require('../../../package.json');
    const line = (what: string) => stdout.split('\n').find((text) => text.startsWith(`${what} `)) ?? '';
    assert.match(line('convlens'), new RegExp(` ${version}$`));
    assert.match(line('Node'), ` ${process.versions.node}`);
    for (const name of ['tslab', '@tensorflow/tfjs-core', 'vega', 'vega-lite', 'canvas', 'zeromq'])
      assert.match(line(name), new RegExp(` ${dependencies[name].replaceAll('.', '\\.')}$`));
    assert.match(line('@swc/core'), / \d+\.\d+\.\d+$/);
  },
  'wasm on request is not reported as a problem': () => {
    const { status, found } = findings(WASM);
    assert.is(status, 0);
    assert.equal(found['TensorFlow'], { found: 'wasm (CONVLENS_BACKEND says so)' });
  },
  'without native TensorFlow the tutorial can run, and doctor shows the first line of the reason': () => {
    const { status, found } = findings(without('@tensorflow/tfjs-node'));
    assert.is(status, 0);
    assert.equal(found['TensorFlow'], {
      found: 'wasm; native does not load: no @tensorflow/tfjs-node here',
      advice: 'npx convlens setup --force',
    });
  },
  'without any TensorFlow the tutorial cannot run': () => {
    const { status, found } = findings(without('@tensorflow/tfjs-node', '@tensorflow/tfjs-backend-wasm'));
    assert.is(status, 1);
    assert.match(found['TensorFlow']!.found, /^missing: no @tensorflow\/tfjs-backend-wasm here$/);
  },
  'a TensorFlow that does not exist is named': () => {
    const { status, found } = findings({ CONVLENS_BACKEND: 'gpu' });
    assert.is(status, 1);
    assert.match(found['TensorFlow']!.found, /^missing: .*CONVLENS_BACKEND is "gpu"/);
    assert.match(found['TensorFlow']!.advice ?? '', 'unset CONVLENS_BACKEND');
  },
  'without canvas, sharp or ZeroMQ the tutorial cannot run; doctor names each with advice': () => {
    const { status, found } = findings({ ...WASM, ...without('canvas', '@img/sharp-', 'zeromq') });
    assert.is(status, 1);
    assert.equal(found['canvas']!.found, 'missing');
    assert.is(found['drawing (canvas)']!.found, 'missing: no canvas here');
    assert.is(found['drawing (canvas)']!.advice, 'npx convlens setup');
    // sharp's own words, where the library for this machine is not installed.
    assert.match(found['pictures (sharp)']!.found, /^missing: Could not load the "sharp" module/);
    assert.is(found['wire (zeromq)']!.found, 'missing: no zeromq here');
    assert.is(found['kernel convlens']!.advice, undefined);
  },
  'without tslab there is no kernel for the tutorial': () => {
    const { status, found } = findings({ ...WASM, ...without('tslab') });
    assert.is(status, 1);
    assert.is(found['kernel tslab']!.found, 'missing: no tslab/package.json here');
  },
  'npm missing from the PATH is reported, and stops nothing': () => {
    const { status, found } = findings({ ...WASM, PATH: folder, Path: folder });
    assert.is(status, 0);
    assert.is(found['npm']!.found, 'not found');
  },
  "Jupyter's kernels are listed, a broken one among them": () => {
    for (const [name, text] of [
      ['good', '{"argv": ["run-good", "{connection_file}"]}'],
      ['bad', '{"argv": '],
    ]) {
      mkdirSync(join(folder, 'kernels', name!), { recursive: true });
      writeFileSync(join(folder, 'kernels', name!, 'kernel.json'), text!);
    }
    const { status, found } = findings({ ...WASM, JUPYTER_PATH: folder });
    assert.is(status, 0);
    assert.is(found['kernel good']!.found, 'run-good {connection_file}');
    assert.match(found['kernel bad']!.found, /^broken: .*kernel\.json/);
  },
  'a kernelspec whose Node or package is gone, or that starts another convlens, is named': () => {
    const data = join(folder, 'data');
    const specs = join(data, 'kernels', 'convlens');
    const env = {
      ...WASM,
      JUPYTER_DATA_DIR: data,
      JUPYTER_PATH: '',
      VIRTUAL_ENV: undefined,
      CONDA_PREFIX: undefined,
    };
    const look = () => findings(env).found['kernelspec of convlens']!;
    assert.match(look().found, /^none/);
    assert.is(look().advice, 'npx convlens install');
    const cli = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
    const install = spawnSync(process.execPath, [cli, 'install'], { env: { ...process.env, ...env } });
    assert.is(install.status, 0);
    assert.equal(look(), { found: specs });
    const file = join(specs, 'kernel.json');
    const written = readFileSync(file, 'utf8');
    const [node, main] = JSON.parse(written).argv as string[];
    // As an upgrade of Node leaves it, or a package that was moved.
    for (const path of [node, main]) {
      writeFileSync(file, written.replace(JSON.stringify(path), '"/gone/v18/bin/node"'));
      assert.is(look().found, `broken: ${specs} names /gone/v18/bin/node, which is gone`);
      assert.match(look().advice ?? '', /^npx convlens install/);
    }
    writeFileSync(file, written.replace(JSON.stringify(main), JSON.stringify(__filename)));
    assert.match(look().found, `${specs} starts another convlens: `);
    writeFileSync(file, '{');
    assert.match(look().found, `broken: ${specs} (`);
  },
  'doctor names the folder from which convlens resolves': () => {
    const { found } = findings(WASM);
    assert.is(found["import 'convlens' here"]!.found, join(__dirname, '..', '..', '..'));
    const cli = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
    const { stdout } = spawnSync(process.execPath, [cli, 'doctor'], {
      encoding: 'utf8',
      cwd: folder,
      env: { ...process.env, ...WASM },
    });
    assert.match(stdout, /import 'convlens' here +\S+ \(the kernel's own, as nothing is installed nearby\)/);
  },
});
