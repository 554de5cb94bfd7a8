import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { blocks, pages, ROOT } from './pages';

const help = new Map<string, string>();

/** What `convlens COMMAND --help` prints. */
function helpOf(command: string): string {
  if (!help.has(command)) {
    const cli = join(ROOT, 'dist', 'src', 'cli', 'main.js');
    const { status, stdout } = spawnSync(process.execPath, [cli, command, '--help'], { encoding: 'utf8' });
    help.set(command, status === 0 ? stdout : '');
  }
  return help.get(command)!;
}

const optionsIn = (text: string) => [...text.matchAll(/(?<![\w-])--?[a-z][\w-]*/g)].map(([option]) => option);

/** Every command of the pages: in a block of the shell or, alone, in `code`. */
const commands = [...pages].flatMap(([page, text]) => {
  const inBlocks = blocks(text)
    .filter(({ language }) => language === '' || language === 'sh')
    .flatMap(({ code }) => code.replace(/\n +/g, ' ').split('\n'));
  const inText = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code]) => code,
  );
  return [...inBlocks, ...inText]
    .filter((line) => /^(npx )?convlens |^([A-Z_]+=\S+ )?npm (run|test)\b/.test(line!))
    .map((line) => ({ page, line: line!.replace(/^[A-Z_]+=\S+ /, '') }));
});

suite('commands in the pages', {
  'each convlens command and option exists': () => {
    const ours = commands.filter(({ line }) => line.includes('convlens '));
    assert.ok(ours.length > 15);
    const wrong = ours.filter(({ line }) => {
      const [, command, rest] = /convlens (\S+)(.*)/.exec(line)!;
      const said = helpOf(command!);
      return !said || optionsIn(rest!).some((option) => !optionsIn(said).includes(option));
    });
    assert.equal(wrong, []);
  },
  'each npm command is in package.json, and its options in its script': () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const npm = commands.filter(({ line }) => line.startsWith('npm '));
    assert.ok(npm.length > 30);
    const wrong = npm.filter(({ line }) => {
      const [, name, rest] = /^npm (?:run )?([\w:]+)(.*)/.exec(line)!;
      const file = /node (\S+\.mjs)/.exec(scripts[name!] ?? '')?.[1];
      if (!file) return !(name! in scripts);
      const source = readFileSync(join(ROOT, file), 'utf8');
      const options = optionsIn(rest!).filter((option) => option.length > 3);
      return options.some((option) => !new RegExp(`['\\s{]${option.slice(2)}\\b`).test(source));
    });
    assert.equal(wrong, []);
  },
  'each source file that a page names exists': () => {
    const named = [...pages]
      .filter(([page]) => page !== 'CHANGELOG.md')
      .flatMap(([page, text]) =>
        [...text.matchAll(/\b((?:src|renderers|test|scripts|docs|notebooks)\/[\w./-]*\w)/g)].map(
          ([, file]) => ({ page, file }),
        ),
      );
    assert.ok(named.length > 40);
    const files = named.filter(
      ({ file }) => !['', '.ts', '.test.ts'].some((end) => existsSync(join(ROOT, file + end))),
    );
    assert.equal(files, []);
  },
  'the README lists every command with every option of its own help': () => {
    const synopsis = blocks(pages.get('README.md')!).find(({ code }) =>
      code.startsWith('convlens run'),
    )!.code;
    const listed = synopsis.replace(/\n +/g, ' ').trim().split('\n');
    const known = [...helpOf('').matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    assert.equal(listed.map((line) => line.split(' ')[1]).sort(), known.sort());
    for (const line of listed) {
      const options = (text: string) =>
        [...new Set(optionsIn(text))].filter((o) => !['--help', '-h', '--out'].includes(o));
      const command = line.split(' ')[1];
      const usage = helpOf(command!).slice(helpOf(command!).indexOf('Options:')).split('\n\n')[0];
      const declared = [...usage!.matchAll(/^ {2}(-\w, )?(--[\w-]+)/gm)].flatMap(([, short, long]) => [
        short?.slice(0, 2),
        long,
      ]);
      assert.equal(
        options(line).sort(),
        [...new Set(declared)]
          .filter((o): o is string => !!o && !['--help', '-h', '--out'].includes(o))
          .sort(),
        command,
      );
    }
  },
});
