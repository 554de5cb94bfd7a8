import { hostname } from 'node:os';
import { join } from 'node:path';
import { AtlasError } from '../errors';
import { makeFolder, writeWhole } from '../files/whole-file';

/** What happened in a run, with times and processes, which the files of an atlas do not hold. */
export interface Log {
  line(text: string): void;
  /** Writes atlas.log. */
  write(): void;
}

/** @param out the folder of the atlas; without one nothing is written */
export function openLog(out: string | undefined): Log {
  const started = performance.now();
  const lines = [`${new Date().toISOString()} on ${hostname()}, process ${process.pid}`];
  return {
    line: (text) =>
      void lines.push(`${((performance.now() - started) / 1000).toFixed(2).padStart(9)} s  ${text}`),
    write() {
      if (out === undefined) return;
      const path = join(out, 'atlas.log');
      makeFolder(path, AtlasError);
      writeWhole(path, `${lines.join('\n')}\n`, AtlasError);
    },
  };
}
