import type { Locator, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { PATIENCE } from '../until';

/** What these tests use of JupyterLab's own objects; the page exposes them as `jupyterapp`. */
interface LabApp {
  shell: {
    currentWidget: {
      content: {
        widgets: { model: { trusted: boolean; type: string; toJSON(): { outputs?: unknown[] } } }[];
        activeCellIndex: number;
        scrollToItem(index: number): Promise<void>;
      };
      context: { model: { dirty: boolean } };
      sessionContext: {
        isReady: boolean;
        session: { kernel: { status: string; connectionStatus: string } | null } | null;
      };
    } | null;
  };
}
declare const window: { jupyterapp: LabApp };

/** A notebook open in JupyterLab or Notebook 7, used as a person uses it: by pointer and keys. */
export class LabNotebook {
  constructor(readonly page: Page) {}

  /** Waits until the kernel is there and idle; the toolbar's mark says so some seconds too early. */
  async ready(): Promise<void> {
    await this.page.waitForFunction(
      () => {
        const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
        const kernel = session?.session?.kernel;
        return session?.isReady && kernel?.status === 'idle' && kernel.connectionStatus === 'connected';
      },
      undefined,
      { timeout: PATIENCE },
    );
  }

  /** Waits until the cells are there, with or without a kernel. */
  async loaded(): Promise<void> {
    await this.page.waitForFunction(
      () => (window.jupyterapp?.shell.currentWidget?.content?.widgets.length ?? 0) > 1,
      undefined,
      { timeout: PATIENCE },
    );
  }

  /** Waits until the cells are there and leaves the dialog that asks for a kernel, where there is none. */
  async loadedWithoutKernel(): Promise<void> {
    await this.loaded();
    const dialog = this.page.locator('.jp-Dialog');
    await dialog.waitFor();
    await this.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }

  /** Run > Run All Cells, and waits for the last one. */
  async runAll(): Promise<void> {
    await this.menu('Run', 'runmenu:run-all');
    await this.idle();
  }

  async menu(name: string, command: string): Promise<void> {
    await this.page.getByRole('menuitem', { name, exact: true }).click();
    await this.page.locator(`.lm-Menu-item[data-command="${command}"]`).click();
  }

  /** Waits until nothing is running or queued. */
  async idle(): Promise<void> {
    await this.page.waitForFunction(
      () => {
        const prompts = Array.from(document.querySelectorAll('.jp-Notebook .jp-InputPrompt'));
        return (
          window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status === 'idle' &&
          prompts.every((prompt) => !prompt.textContent?.includes('*'))
        );
      },
      undefined,
      { timeout: PATIENCE },
    );
  }

  /** The cells' sources by index, to find one by what it says. */
  async indexOf(text: string): Promise<number> {
    const index = await this.page.evaluate(
      (wanted) =>
        window.jupyterapp.shell.currentWidget!.content.widgets.findIndex(
          ({ model }) =>
            model.type === 'code' &&
            JSON.stringify(model.toJSON()).includes(JSON.stringify(wanted).slice(1, -1)),
        ),
      text,
    );
    assert.ok(index >= 0, `no code cell holds ${text}`);
    return index;
  }

  /** A cell, scrolled into view. */
  async cell(index: number): Promise<Locator> {
    await this.page.evaluate((at) => window.jupyterapp.shell.currentWidget!.content.scrollToItem(at), index);
    const cell = this.page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`);
    await cell.waitFor();
    return cell;
  }

  /** Types a cell's text anew. */
  async edit(index: number, source: string): Promise<void> {
    const cell = await this.cell(index);
    await cell.locator('.cm-content').click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
    // Inserted, not typed: brackets would close themselves.
    await this.page.keyboard.insertText(source);
  }

  /** Runs the cell that holds the cursor, and stays there. */
  async run(index: number, { wait = true } = {}): Promise<void> {
    const cell = await this.cell(index);
    await cell.locator('.cm-content').click();
    await this.page.keyboard.press('Control+Enter');
    if (wait) await this.idle();
  }

  /** A new cell at the end with this text. */
  async append(source: string): Promise<number> {
    const last = await this.page.evaluate(
      () => window.jupyterapp.shell.currentWidget!.content.widgets.length - 1,
    );
    await (await this.cell(last)).locator('.jp-InputArea, .jp-MarkdownOutput').first().click();
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('b');
    await this.edit(last + 1, source);
    return last + 1;
  }

  /** The outputs of a cell as the notebook would store them. */
  async outputs(index: number): Promise<
    {
      output_type: string;
      data?: Record<string, unknown>;
      ename?: string;
      evalue?: string;
      text?: string | string[];
    }[]
  > {
    return this.page.evaluate(
      (at) => window.jupyterapp.shell.currentWidget!.content.widgets[at]!.model.toJSON().outputs as never,
      index,
    );
  }

  async trusted(): Promise<boolean> {
    return this.page.evaluate(() =>
      window.jupyterapp.shell.currentWidget!.content.widgets.every(
        ({ model }) => model.type !== 'code' || model.trusted,
      ),
    );
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+S');
    await this.page.waitForFunction(() => !window.jupyterapp.shell.currentWidget!.context.model.dirty);
  }
}
