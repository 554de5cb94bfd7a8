import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installKernel } from '../../src/kernel/install';
import { freePort, serve } from './server';

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
 * @param options.widgetState whether JupyterLab saves the state of widgets with a notebook
 * @param options.notebooks the folder whose notebooks are served; a copy, unless it is another server's
 */
export async function startLab(
  name: string,
  {
    kernel = true,
    notebooks,
    dark = false,
    widgetState = false,
  }: { kernel?: boolean; notebooks?: string; dark?: boolean; widgetState?: boolean } = {},
): Promise<LabServer> {
  const home = join(ROOT, 'out', 'lab', name);
  rmSync(home, { recursive: true, force: true });
  const served = notebooks ?? join(home, 'notebooks');
  if (!notebooks) cpSync(join(ROOT, 'notebooks'), served, { recursive: true });
  const prefix = join(home, 'prefix');
  mkdirSync(prefix, { recursive: true });
  if (kernel) installKernel({ prefix });
  const set = (extension: string, plugin: string, settings: object) => {
    const folder = join(home, 'settings', extension);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${plugin}.jupyterlab-settings`), JSON.stringify(settings));
  };
  // No question about news over the notebook.
  const apputils = '@jupyterlab/apputils-extension';
  set(apputils, 'notification', { fetchNews: 'false', checkForUpdates: false });
  set(apputils, 'themes', { theme: `JupyterLab ${dark ? 'Dark' : 'Light'}` });
  set('@jupyter-widgets/jupyterlab-manager', 'plugin', { saveState: widgetState });
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
  const base = `http://127.0.0.1:${port}`;
  const stop = await serve('jupyter', ['lab', ...options], `${base}/api/status?token=${token}`, {
    cwd: served,
    env: {
      // Only the kernel of this test, and signatures (trust) of its own.
      JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
      JUPYTER_CONFIG_DIR: join(home, 'config'),
      JUPYTER_DATA_DIR: join(home, 'data'),
      JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
      JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
    },
  });
  return {
    notebooks: served,
    address: (notebook, front = 'lab') =>
      front === 'lab'
        ? `${base}/lab/tree/${notebook}?token=${token}&reset`
        : `${base}/notebooks/${notebook}?token=${token}`,
    stop,
  };
}
