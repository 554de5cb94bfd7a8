import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { installKernel } from '../../src/kernel/install';

const ROOT = join(__dirname, '..', '..', '..');

/** A JupyterLab (with Notebook 7 beside it) that sees only what the test put into its folder. */
export interface LabServer {
  /** Where its notebooks lie: below the checkout, so that cells find convlens. */
  notebooks: string;
  /** The address of a notebook, in Lab or in Notebook 7. */
  address(notebook: string, front?: 'lab' | 'notebook'): string;
  stop(): Promise<void>;
}

/**
 * @param name of the folder below out/lab, made anew
 * @param options.kernel whether the convlens kernel is there; without it there is no kernel at all
 * @param options.dark JupyterLab's dark theme
 * @param options.notebooks the folder whose notebooks are served; a copy, unless it is another server's
 */
export async function startLab(
  name: string,
  { kernel = true, notebooks, dark = false }: { kernel?: boolean; notebooks?: string; dark?: boolean } = {},
): Promise<LabServer> {
  const programs = process.env['CONVLENS_JUPYTER'];
  if (!programs) throw new Error('Run this by npm run test:lab, which makes the virtual environment.');
  const home = join(ROOT, 'out', 'lab', name);
  rmSync(home, { recursive: true, force: true });
  const served = notebooks ?? join(home, 'notebooks');
  if (!notebooks) cpSync(join(ROOT, 'notebooks'), served, { recursive: true });
  const prefix = join(home, 'prefix');
  mkdirSync(prefix, { recursive: true });
  if (kernel) installKernel({ prefix });
  // No question about news over the notebook.
  const settings = join(home, 'settings', '@jupyterlab', 'apputils-extension');
  mkdirSync(settings, { recursive: true });
  writeFileSync(
    join(settings, 'notification.jupyterlab-settings'),
    JSON.stringify({ fetchNews: 'false', checkForUpdates: false }),
  );
  const theme = { theme: `JupyterLab ${dark ? 'Dark' : 'Light'}` };
  writeFileSync(join(settings, 'themes.jupyterlab-settings'), JSON.stringify(theme));
  const port = await freePort();
  const token = 'convlens-test';
  const options = [
    '--no-browser',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    `--IdentityProvider.token=${token}`,
    `--ServerApp.root_dir=${served}`,
    '--LabApp.expose_app_in_browser=True',
    '--JupyterNotebookApp.expose_app_in_browser=True',
    '--KernelSpecManager.ensure_native_kernel=False',
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  let log = '';
  const child: ChildProcess = spawn(join(programs, 'jupyter'), ['lab', ...options], {
    cwd: served,
    env: {
      ...process.env,
      PATH: `${programs}${delimiter}${process.env['PATH']}`,
      // Only the kernel of this test, and signatures (trust) of its own.
      JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
      JUPYTER_CONFIG_DIR: join(home, 'config'),
      JUPYTER_DATA_DIR: join(home, 'data'),
      JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
      JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdout?.on('data', (data) => (log += data));
  child.stderr?.on('data', (data) => (log += data));
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  process.once('exit', () => child.kill('SIGKILL'));
  const base = `http://127.0.0.1:${port}`;
  try {
    await answers(`${base}/api/status?token=${token}`, child, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    notebooks: served,
    address: (notebook, front = 'lab') =>
      front === 'lab'
        ? `${base}/lab/tree/${notebook}?token=${token}&reset`
        : `${base}/notebooks/${notebook}?token=${token}`,
    stop,
  };
}

async function answers(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const until = performance.now() + 60_000;
  while (performance.now() < until && child.exitCode === null) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`JupyterLab did not start:\n${log().slice(-2000)}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
