/**
 * The notebooks in a real JupyterLab, in Notebook 7 and as pages, in a real browser: `npm run test:lab`.
 * Screenshots go to out/screenshots.
 *
 * usage: npm run test:lab -- [--times N] [FILE ...]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findChromium, findFirefox } from './browsers.mjs';
import { build } from './build.mjs';
import { runTests } from './run-tests.mjs';
import { setup } from './setup.mjs';
import { makeVenv } from './venv.mjs';

/** Finds or installs what the suites need besides the package, and tells them by the environment. */
export async function prepareLab() {
  process.env.CONVLENS_CHROMIUM = await findChromium();
  process.env.CONVLENS_FIREFOX = await findFirefox();
  process.env.CONVLENS_JUPYTER = await makeVenv('jupyter', 'test/jupyter/requirements.txt');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { times: { type: 'string', default: '1' } },
    });
    await setup();
    await build();
    await prepareLab();
    let green = 0;
    for (let i = 0; i < Number(values.times); i++) {
      if (await runTests(positionals.length ? positionals : ['test/lab'], { serial: true })) green++;
    }
    if (Number(values.times) > 1) console.log(`${green} of ${values.times} runs were green`);
    process.exitCode = green === Number(values.times) ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
