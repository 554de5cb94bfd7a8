import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The folder in which Jupyter keeps the data of this user. */
export function userDataPath(env: NodeJS.ProcessEnv = process.env): string {
  return (
    env['JUPYTER_DATA_DIR'] ??
    (process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Jupyter')
      : process.platform === 'win32'
        ? join(env['APPDATA'] ?? homedir(), 'jupyter')
        : join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'jupyter'))
  );
}

/** The folders in which Jupyter keeps its data, the first to search first. */
export function jupyterDataPaths(env: NodeJS.ProcessEnv = process.env): string[] {
  const prefixes = [env['VIRTUAL_ENV'], env['CONDA_PREFIX']].filter((prefix) => prefix !== undefined);
  const system =
    process.platform === 'win32'
      ? [join(env['PROGRAMDATA'] ?? 'C:\\ProgramData', 'jupyter')]
      : ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  return [
    ...(env['JUPYTER_PATH'] ?? '').split(delimiter).filter(Boolean),
    ...prefixes.map((prefix) => join(prefix, 'share', 'jupyter')),
    userDataPath(env),
    ...system,
  ];
}
