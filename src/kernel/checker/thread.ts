/** The type checker in a thread of the kernel, where no snapshot fits: see snapshot.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { Checkers } from './checker';
import { ModuleLoader } from './module-loader';
import { ParsedFiles } from './parsed-files';
import type { Question } from './protocol';

const checker = new Checkers(new ModuleLoader(), workerData as string, new ParsedFiles()).start();
parentPort!.on('message', (question: Question) => parentPort!.postMessage(checker.answer(question)));
