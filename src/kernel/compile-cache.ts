/**
 * Keeps what V8 compiles of the kernel's and the packages' files in Node's cache, from Node 22.10 on: to start the engine
 * and to load convlens takes three quarters of the processor time. It is the first import of a process. Older versions of
 * Node have no cache.
 */
import nodeModule from 'node:module';

interface CompileCache {
  enableCompileCache?(): unknown;
  flushCompileCache?(): void;
}

const cache = nodeModule as unknown as CompileCache;

if (cache.flushCompileCache) cache.enableCompileCache?.();

/** Writes what is new into the cache: an engine is killed, and Node would write it at an orderly end only. */
export function keepCompiled(): void {
  cache.flushCompileCache?.();
}
