#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';

// Each command loads its own module when it runs: `convlens kernel` must start at once.

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
async function main(): Promise<void> {
  const program = new Command('convlens')
    .description('See what a convolutional network sees, in TypeScript notebooks, without Python.')
    .version(require('../../../package.json').version)
    .showHelpAfterError('(convlens COMMAND --help says more)')
    .exitOverride();
  const finish = async (code: number | Promise<number>) => {
    process.exitCode = await code;
  };

  program
    .command('run')
    .description('run a notebook in its kernel and write it with its outputs after every cell')
    .argument('<notebook>', 'an .ipynb file')
    .option('-o, --out <file>', 'where the executed notebook goes (default: NOTEBOOK.out.ipynb)')
    .option('--html <file>', 'also write a page of it')
    .option('--set <name=value...>', 'parameters, checked against the cell tagged "parameters"')
    .option('--kernel <name>', "convlens, tslab or any kernelspec (default: the notebook's, else convlens)")
    .option('--timeout <seconds>', 'longest time a cell may take (default: no limit)', seconds)
    .option('--keep-going', 'run on after a cell that fails')
    .addOption(new Option('--backend <name>', 'which TensorFlow').choices(['native', 'wasm', 'cpu']))
    .addHelpText('after', '\nExample: convlens run tutorial.ipynb -o out.ipynb --set channel=7')
    .action((notebook, options) => finish(require('./run').runCommand(notebook, options)));

  program
    .command('html')
    .description('write a notebook as one page that needs no kernel and no network')
    .argument('<notebook>', 'an .ipynb file')
    .option('-o, --out <file>', 'where the page goes (default: beside the notebook)')
    .option('--no-code', 'leave the code cells out')
    .option('--live', 'a page in which readers edit and run the cells, with nothing but a browser')
    .option('--embed <file...>', 'with --live: more files that cells read, as paths from the notebook')
    .option('--max-size <MB>', 'with --live: the largest page in MB (default: 50)', megabytes)
    .addHelpText('after', '\nExample: convlens html tutorial.ipynb --live -o tutorial.html')
    .action((notebook, options) => finish(require('./run').htmlCommand(notebook, options)));

  const atlas = program
    .command('atlas')
    .description('find out what the channels of a model respond to over a set of pictures')
    .argument('<model>', 'a model file, as loadModel takes it')
    .argument(
      '<pictures>',
      "a folder, a pattern ('pictures/*.jpg'), a list (.txt), or a .npz, IDX or CIFAR file",
    )
    .option('-o, --out <folder>', 'where the atlas goes', 'atlas')
    .option('--layers <names...>', 'layers by name (default: all whose output is a map or a sequence)')
    .option('--top <count>', 'how many pictures each channel lists (default: 9)', whole)
    .option('--batch <count>', 'pictures at once (default: 8, fewer where their maps are large)', whole)
    .option('--preprocess <name>', "how bytes become numbers: 0..1, raw, caffe, tf, torch or a model's name")
    .option('--interpolation <name>', 'how pictures reach their size (default: nearest)')
    .option('--size <height>x<width>', 'size of the pictures, for a model that takes any', size)
    .option('--labels <csv>', 'classes of the pictures (default: their folders, if there are several)')
    .option('--no-labels', 'without classes')
    .option('--no-together', 'without the channels that respond together')
    .option('--stop-after <count>', 'only the first pictures', whole)
    .option('--shard-size <count>', 'pictures per part (default: 128)', whole)
    .option('--workers <count>', 'processes (default: one per core, as memory allows)', whole)
    .option('--shard <i>/<n>', 'compute only slice i of n, 0 first; then: convlens atlas merge FOLDER', slice)
    .option('--queue <url>', 'let the workers of a queue compute, such as redis://host:6379')
    .option('--resume', 'go on with what a run before has left')
    .addOption(new Option('--backend <name>', 'which TensorFlow').choices(['native', 'wasm', 'cpu']))
    .addHelpText('after', '\nExample: convlens atlas model.keras pictures/ -o atlas/')
    .action((model, pictures, options) => finish(require('./atlas').atlasCommand(model, pictures, options)));

  atlas
    .command('merge')
    .description('put the slices of several machines together')
    .argument('<folder>', 'the folder that --shard wrote into')
    .action((folder) => finish(require('./atlas').mergeCommand(folder)));

  atlas
    .command('worker')
    .description('compute parts for runs that use a queue, until it is told to stop')
    .addHelpText('after', '\nThe options --queue, --workers and --backend are those of convlens atlas.')
    .action(() => finish(require('./atlas').workerCommand(atlas.opts())));

  program
    .command('kernel')
    .description('be the kernel; front ends call this')
    .argument('<connection-file>', 'written by the front end')
    .action(() => void require('../kernel/main'));

  program
    .command('install')
    .description('tell Jupyter of the convlens kernel')
    .option('--user', 'for this user (the default)')
    .option('--prefix <folder>', 'into <folder>/share/jupyter/kernels')
    .option('--sys-prefix', 'into the active Python environment')
    .option('--remove', 'take it away again')
    .action((options) => finish(require('./install').installCommand(options)));

  program
    .command('setup')
    .description('install what npm alone does not: canvas and native TensorFlow')
    .addOption(
      new Option('--backend <name>', 'wasm leaves native TensorFlow out').choices(['native', 'wasm']),
    )
    .option('--force', 'try again what failed before')
    .action(() => {
      const script = join(__dirname, '..', '..', '..', 'scripts', 'setup.mjs');
      const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(3)], {
        stdio: 'inherit',
      });
      process.exitCode = status ?? 1;
    });

  program
    .command('doctor')
    .description('say what is installed, which TensorFlow runs, and what to do about what is missing')
    .option('--json', 'as JSON')
    .action((options) => finish(require('./doctor').doctorCommand(options)));

  try {
    await program.parseAsync();
  } catch (error) {
    const { code, exitCode, message } = error as { code?: string; exitCode?: number; message: string };
    if (!code?.startsWith('commander.')) console.error(message);
    process.exitCode = code?.startsWith('commander.') ? (exitCode ? 2 : 0) : 1;
  }
}

function megabytes(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number of megabytes above 0.');
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number of seconds above 0.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1.');
  return value;
}

function size(text: string): [number, number] {
  const [, height, width] = /^(\d+)[x×](\d+)$/.exec(text) ?? [];
  if (!Number(height) || !Number(width)) throw new InvalidArgumentError('HEIGHTxWIDTH, such as 224x224.');
  return [Number(height), Number(width)];
}

function slice(text: string): [number, number] {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index === undefined || Number(index) >= Number(count)) {
    throw new InvalidArgumentError('i/n with i from 0 to n − 1, such as 0/4 … 3/4.');
  }
  return [Number(index), Number(count)];
}

void main();
