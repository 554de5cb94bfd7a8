/** The kernel's process: `node main.js CONNECTION_FILE`. */
import './compile-cache';
import v8 from 'node:v8';
import { EngineProcess } from './engine-process';
import { watchParent } from './parent-watch';

// Messages become garbage at once; V8 alone would let 30 MB of them accumulate.
v8.setFlagsFromString('--semi-space-growth-factor=1');
// First of all, since it takes longest to start.
const engine = new EngineProcess();

let end = (): void => {
  engine.stop();
  process.exit();
};
watchParent(() => end());

async function main() {
  // Loaded here, after the engine has been started. `import()` would first load what Node needs for ES modules.
  const { readConnection }: typeof import('../jupyter/connection') = require('../jupyter/connection');
  const { bindKernel }: typeof import('../jupyter/sockets') = require('../jupyter/sockets');
  const { Kernel }: typeof import('./kernel') = require('./kernel');
  const { Cells }: typeof import('./cells') = require('./cells');
  const { Checker }: typeof import('./checker/checker') = require('./checker/checker');
  const connection = readConnection(process.argv.at(-1) ?? '');
  const sockets = await bindKernel(connection);
  const cells = new Cells(new Checker(), engine);
  end = () => {
    cells.stop();
    void sockets.close().then(() => process.exit());
  };
  const kernel = Kernel.serve(sockets, connection.key, engine, cells, () => end());
  process.on('SIGINT', () => kernel.interrupt());
  process.on('SIGTERM', () => end());
  process.on('SIGHUP', () => end());
  await sockets.beats;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
  end();
});
