/** `npm run test:deno`: convlens in Deno's own Jupyter kernel. */
import { build } from './build.mjs';
import { ensureDeno } from './deno.mjs';
import { runTests } from './run-tests.mjs';
import { setup } from './setup.mjs';

try {
  await setup();
  await build();
  process.env.CONVLENS_DENO = await ensureDeno();
  process.exitCode = (await runTests(['test/deno'], { serial: true })) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
