/**
 * The thread between the engine, which waits for an answer (see converter.ts), and the type checker: a process that
 * starts from a snapshot, or where there is none, or when it has ended, a checker in this thread itself.
 */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Answer, Checkers, type Question } from './checker';
import { ModuleLoader } from './module-loader';
import { ParsedFiles } from './parsed-files';
import { startSnapshot } from './snapshot';

const { port, answered, dist } = workerData as { port: MessagePort; answered: Int32Array; dist: string };

const waiting: Question[] = [];
let ask: ((question: Question) => void) | undefined;

function answer(message: Answer): void {
  port.postMessage(message);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
}

function ready(how: (question: Question) => void): void {
  ask = how;
  parentPort!.postMessage('ready');
  for (const question of waiting.splice(0)) ask(question);
}

function startHere(): void {
  const checker = new Checkers(new ModuleLoader(), dist, new ParsedFiles()).start();
  ready((question) => answer(checker.answer(question)));
}

function startProcess(checker: ChildProcess): void {
  let asked = false;
  createInterface({ input: checker.stdout! }).on('line', (line) => {
    const message = JSON.parse(line);
    asked = false;
    if (!message.ready) return answer(message);
    ready((question) => {
      asked = true;
      checker.stdin!.write(`${JSON.stringify(question)}\n`);
    });
  });
  // What it cannot be told any more its end will answer.
  checker.on('error', () => {});
  checker.stdin!.on('error', () => {});
  checker.on('close', () => {
    ask = undefined;
    const failure = 'Cannot check the cell: the type checker ended. Run the cell again.';
    if (asked) answer({ failure, emitted: [] });
    startHere();
  });
}

port.on('message', (question: Question) => {
  if (ask) ask(question);
  else waiting.push(question);
});

const started = startSnapshot();
if (started) startProcess(started);
else startHere();
