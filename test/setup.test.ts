import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');
const TFJS_NODE = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
const LINE = /^TensorFlow runs as wasm, not native: (.+) \(try again: npm run setup -- --force\)$/m;

/**
 * A checkout below this one, whose scripts are ours and whose tfjs-node is as npm leaves it without its
 * installer: no library, no addon. All other packages are found further up.
 */
function checkout(): string {
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'out', 'setup-'));
  cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), readFileSync(join(ROOT, 'package.json')));
  const parts = new Set(['deps', 'lib', 'build', '.convlens-native']);
  const target = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
  for (const part of readdirSync(TFJS_NODE).filter((name) => !parts.has(name))) {
    cpSync(join(TFJS_NODE, part), join(target, part), { recursive: true });
  }
  // tfjs-node's own installer needs its download, which a closed network lacks; this stands for such a network.
  writeFileSync(join(folder, 'npm.js'), 'console.error("no network"); process.exit(1);');
  mkdirSync(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin', 'node'));
  return folder;
}

/** A PATH on which there is Node and nothing else. */
const bare = (folder: string) => join(folder, 'bin');

function installTensorFlow(folder: string, env: NodeJS.ProcessEnv, force = false) {
  const module = JSON.stringify(join(folder, 'scripts', 'setup', 'tensorflow.mjs'));
  const code = `const { installTensorFlow } = await import(${module}); await installTensorFlow(${force});`;
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, npm_execpath: join(folder, 'npm.js'), ...env },
  });
  assert.is(status, 0, stdout + stderr);
  return { stdout, seconds: (performance.now() - started) / 1000 };
}

/** Runs a test in a checkout of its own, which is gone afterwards. */
const inCheckout = (test: (folder: string, cache: string) => void) => () => {
  const folder = checkout();
  try {
    test(folder, join(folder, 'cache'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The cache that this machine's own set-up filled, when it runs natively. */
const ownCache =
  process.env['CONVLENS_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'convlens');
const filled = existsSync(ownCache) && readdirSync(ownCache).some((name) => name.startsWith('tensorflow-'));

suite('set-up of TensorFlow', {
  'without a compiler and Python: wasm, one line with the reason, and no second attempt': inCheckout(
    (folder, cache) => {
      const env = { PATH: bare(folder), CONVLENS_CACHE: cache };
      const first = installTensorFlow(folder, env);
      const [, reason] = LINE.exec(first.stdout) ?? [];
      assert.match(reason ?? first.stdout, /build-essential python3 python3-pip/);
      const second = installTensorFlow(folder, env);
      assert.match(second.stdout, LINE);
      assert.is(second.stdout.trim().split('\n').length, 1);
      const again = installTensorFlow(folder, env, true);
      assert.match(again.stdout, 'TensorFlow, native');
      assert.not.ok(existsSync(cache) && readdirSync(cache).length);
    },
  ),
  'a failed download leaves nothing incomplete in the cache, and says so': inCheckout((folder, cache) => {
    const { stdout } = installTensorFlow(folder, { PIP_NO_INDEX: '1', CONVLENS_CACHE: cache });
    assert.match(stdout, LINE);
    assert.equal(readdirSync(cache), []);
  }),
  ...(filled && {
    'what the cache holds is linked, without compiler or network, and computes': inCheckout((folder) => {
      const env = { PATH: bare(folder), CONVLENS_CACHE: ownCache };
      const { stdout } = installTensorFlow(folder, env);
      assert.match(stdout, 'TensorFlow, native: done');
      const code = `const util = require('node:util'); util.isNullOrUndefined ??= (v) => v == null;
        const tf = require('@tensorflow/tfjs-node'); console.log(tf.getBackend(), tf.add(2, 3).dataSync()[0]);`;
      const ran = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', cwd: folder });
      assert.match(ran.stdout, 'tensorflow 5');
      // No link out of the package, which other users might not be able to follow, and all of it open to them.
      const deps = join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'deps', 'lib');
      for (const name of readdirSync(deps)) {
        assert.is(dirname(realpathSync(join(deps, name))), realpathSync(deps));
        assert.is(statSync(join(deps, name)).mode & 0o004, 0o004, name);
      }
      assert.is(installTensorFlow(folder, env).stdout, '', 'nothing is left to do');

      // As earlier versions left it.
      const cached = readdirSync(ownCache).find((name) => name.startsWith('tensorflow-'))!;
      rmSync(deps, { recursive: true });
      symlinkSync(join(ownCache, cached, 'lib'), deps);
      assert.match(installTensorFlow(folder, env).stdout, 'TensorFlow, native: done');
      assert.not.ok(lstatSync(deps).isSymbolicLink());
    }),
  }),
});
