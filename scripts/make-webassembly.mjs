/**
 * Compiles what is written in AssemblyScript, in the pinned version that npm fetches: each NAME.as below, into a
 * module beside it. Run it after a change of such a file.
 *
 * usage: node scripts/make-webassembly.mjs
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '0.28.20';
const SOURCES = {
  'src/atlas/reductions/reductions.as': 'module.ts',
  'src/keras/file/saved-model/fold-crc32c.as': 'fold-crc32c-module.ts',
};
const OPTIONS =
  '--enable simd --enable nontrapping-f2i --enable bulk-memory -O3 --noAssert --runtime stub -o out.wasm';

for (const [source, target] of Object.entries(SOURCES)) {
  const path = fileURLToPath(new URL(`../${source}`, import.meta.url));
  const place = mkdtempSync(join(tmpdir(), 'convlens-'));
  try {
    copyFileSync(path, join(place, 'source.ts'));
    const { status } = spawnSync(
      'npm',
      [
        'exec',
        '--yes',
        `--package=assemblyscript@${VERSION}`,
        '--',
        'asc',
        'source.ts',
        ...OPTIONS.split(' '),
      ],
      { cwd: place, stdio: 'inherit' },
    );
    if (status !== 0) throw new Error(`Cannot compile ${source}: AssemblyScript failed as shown above.`);
    const text = readFileSync(join(place, 'out.wasm')).toString('base64');
    const lines = text.match(/.{1,100}/g).map((line) => `  '${line}',`);
    writeFileSync(
      join(path, '..', target),
      `/** ${basename(source)} as WebAssembly, in base64. Written by scripts/make-webassembly.mjs. */\nexport const MODULE = [\n${lines.join('\n')}\n].join('');\n`,
    );
  } finally {
    rmSync(place, { recursive: true });
  }
}
