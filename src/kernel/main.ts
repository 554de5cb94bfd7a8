/** The kernel's process: `node main.js CONNECTION_FILE`. */
import { EngineProcess } from './engine-process';

// Before anything else is loaded: the engine takes a second to start, all the rest a tenth.
const engine = new EngineProcess();

async function main() {
  const { readConnection } = await import('./connection.js');
  const { Kernel } = await import('./kernel.js');
  const connection = readConnection(process.argv.at(-1) ?? '');
  const end = () => {
    engine.stop();
    process.exit();
  };
  const kernel = await Kernel.serve(connection, engine, end);
  process.on('SIGINT', () => kernel.interrupt());
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
}

main().catch((error: Error) => {
  engine.stop();
  console.error(error.message);
  process.exit(1);
});
