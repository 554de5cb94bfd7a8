import { writeFileSync } from 'node:fs';
import type * as tfc from '@tensorflow/tfjs-core';
import { BackendError } from '../errors';
import { withFace } from '../face';
import { recordGraph } from './graph/session';
import { libraryFile, unreadable } from './library';
import { useTensorFlow } from './running';
import { startWasm } from './wasm';

/** Which TensorFlow runs. */
export interface Backend {
  name: 'native' | 'wasm' | 'cpu';
}

/** Names a file into which the backend's name is written, so that a runner learns which backend ran. */
export const BACKEND_NOTE = 'CONVLENS_BACKEND_NOTE';

const PACKAGES = {
  native: ['@tensorflow/tfjs-node', 'tensorflow'],
  wasm: ['@tensorflow/tfjs-backend-wasm', 'wasm'],
  cpu: ['@tensorflow/tfjs-backend-cpu', 'cpu'],
} as const;

let started: Promise<Backend> | undefined;
let running: Backend['name'] | undefined;

/**
 * Starts TensorFlow once: native if it is available, else wasm. `CONVLENS_BACKEND=native|wasm|cpu` decides.
 *
 * @throws {BackendError} when the requested backend is unavailable
 */
export function ready(): Promise<Backend> {
  started ??= start();
  return started;
}

/**
 * Starts TensorFlow without waiting.
 *
 * @returns whether it runs: native starts at once, wasm takes a moment
 */
export function startSync(): boolean {
  // A failure is reported to the caller that awaits `ready`.
  ready().catch(() => {});
  return running !== undefined;
}

/** Which TensorFlow runs already. */
export function runningBackend(): Backend['name'] | undefined {
  return running;
}

/** TensorFlow.js's operations; call after `ready()`. */
export function tf(): typeof tfc {
  return require('@tensorflow/tfjs-core');
}

/** Lets the core compute with the TensorFlow of this file. */
export function useNodeTensorFlow(): void {
  useTensorFlow({
    ready,
    startSync,
    tf,
    layers: () => require('@tensorflow/tfjs-layers'),
    // Missing before Node 20.13, and in the types of Node 20.
    availableMemory: () =>
      (process as { availableMemory?(): number }).availableMemory?.() ?? Number.POSITIVE_INFINITY,
    collectGarbage,
    trace: recordGraph,
  });
}

/**
 * Collects all garbage and gives its memory back. V8 by itself keeps some 30 MB of what loading a large model took. Node
 * has only the inspector for that: `gc` keeps the memory.
 */
async function collectGarbage(): Promise<void> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  await new Promise<void>((resolve) => session.post('HeapProfiler.collectGarbage', () => resolve()));
  session.disconnect();
}

/** Loads the modules that `ready()` needs. A failure here is ignored: `ready()` reports it. */
export function preload(): void {
  const asked = process.env['CONVLENS_BACKEND'];
  const name = asked && Object.hasOwn(PACKAGES, asked) ? (asked as Backend['name']) : 'native';
  settings();
  try {
    if (name === 'native') patchUtil();
    require(PACKAGES[name][0]);
    require('@tensorflow/tfjs-layers');
  } catch {
    // Native is unavailable: `ready()` falls back to wasm and says so.
  }
}

/** Environment variables that the library reads when it is loaded. */
function settings(): void {
  // Without this the library logs how it was built to stderr.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Without oneDNN, which is off on some processors, a signal (such as an interrupt) during a convolution or a matrix
  // product corrupts memory: seen with TensorFlow 2.13.1.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
}

async function start(): Promise<Backend> {
  settings();
  const asked = process.env['CONVLENS_BACKEND'];
  if (asked && !Object.hasOwn(PACKAGES, asked)) {
    throw new BackendError(
      `Cannot start TensorFlow: CONVLENS_BACKEND is "${asked}". Use native, wasm or cpu.`,
    );
  }
  const names = asked ? [asked as Backend['name']] : (['native', 'wasm'] as const);
  let cause: unknown;
  for (const name of names) {
    try {
      if (name === 'native') patchUtil();
      require(PACKAGES[name][0]);
      // Nothing is awaited before native runs: `startSync` relies on that.
      if (!(name === 'wasm' ? await startWasm(tf()) : setBackend(name)))
        throw new Error('its backend does not start');
      running = name;
      withFace('tensor', tf().Tensor.prototype);
      if (cause) console.error(`TensorFlow runs as ${name}: native does not load (${whyNot(cause)}`);
      leaveNote(name);
      return { name };
    } catch (error) {
      cause = error;
    }
  }
  started = undefined;
  throw new BackendError(`Cannot start TensorFlow (${names.join(', ')}): ${(cause as Error).message}`, {
    cause,
  });
}

/** All backends but wasm start synchronously, so the promise of `setBackend` adds nothing. */
function setBackend(name: Exclude<Backend['name'], 'wasm'>): boolean {
  const [, registered] = PACKAGES[name];
  if (!tf().findBackend(registered)) return false;
  void tf().setBackend(registered);
  return true;
}

function leaveNote(name: string): void {
  const path = process.env[BACKEND_NOTE];
  if (path) writeFileSync(path, name);
}

/** Replaces two functions that tfjs-node 4.22 calls: Node 22 warns about them, and Node 23 removed them. */
function patchUtil(): void {
  const util = require('node:util');
  util.isNullOrUndefined = (value: unknown) => value == null;
  util.isArray = Array.isArray;
}

/** Why native TensorFlow does not load, and what to do. The loader calls a file that it may not read a missing one. */
function whyNot(error: unknown): string {
  const closed = libraryFile() && unreadable(libraryFile()!);
  if (closed) {
    return `this user has no permission to read ${closed}). Whoever installed convlens can run: npx convlens setup --force`;
  }
  return `${String((error as Error).message).split('\n')[0]}). Run: npx convlens setup`;
}
