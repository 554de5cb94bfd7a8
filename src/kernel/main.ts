/** The kernel's process: `node main.js CONNECTION_FILE`. */
import v8 from 'node:v8';
import { Checker } from './checker/checker';
import { EngineProcess } from './engine-process';
import { watchParent } from './parent-watch';

// Messages become garbage at once; V8 alone would let 30 MB of them accumulate.
v8.setFlagsFromString('--semi-space-growth-factor=1');
// First of all, since the checker and the engine take half a second to start, and everything else a tenth.
const checker = new Checker();
const engine = new EngineProcess();

const end = () => {
  checker.stop();
  engine.stop();
  process.exit();
};
watchParent(end);

async function main() {
  const { Cells } = await import('./cells.js');
  const { readConnection } = await import('../jupyter/connection.js');
  const { Kernel } = await import('./kernel.js');
  const connection = readConnection(process.argv.at(-1) ?? '');
  const cells = new Cells(checker, engine);
  const kernel = await Kernel.serve(connection, engine, cells, end);
  process.on('SIGINT', () => kernel.interrupt());
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
  end();
});
