/**
 * Compiles src/atlas/reductions/reductions.as with AssemblyScript, in the pinned version that npm fetches, and writes
 * module.ts beside it. Run it after a change of reductions.as.
 *
 * usage: node scripts/make-reductions.mjs
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '0.28.20';
const folder = fileURLToPath(new URL('../src/atlas/reductions', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'convlens-'));
try {
  copyFileSync(join(folder, 'reductions.as'), join(place, 'reductions.ts'));
  const options =
    '--enable simd --enable nontrapping-f2i --enable bulk-memory -O3 --noAssert --runtime stub -o out.wasm';
  const { status } = spawnSync(
    'npm',
    [
      'exec',
      '--yes',
      `--package=assemblyscript@${VERSION}`,
      '--',
      'asc',
      'reductions.ts',
      ...options.split(' '),
    ],
    { cwd: place, stdio: 'inherit' },
  );
  if (status !== 0) throw new Error('Cannot compile reductions.as: AssemblyScript failed as shown above.');
  const text = readFileSync(join(place, 'out.wasm')).toString('base64');
  const lines = text.match(/.{1,100}/g).map((line) => `  '${line}',`);
  writeFileSync(
    join(folder, 'module.ts'),
    `/** reductions.as as WebAssembly, in base64. Written by scripts/make-reductions.mjs. */\nexport const MODULE = [\n${lines.join('\n')}\n].join('');\n`,
  );
} finally {
  rmSync(place, { recursive: true });
}
