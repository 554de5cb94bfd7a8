import type { MultiBar, SingleBar } from 'cli-progress';

/** Reports the progress of a run: one line per cell, and a bar below them on a terminal. */
export class Progress {
  private bars?: MultiBar;
  private bar?: SingleBar;

  /** @param total cells that will run */
  constructor(
    private readonly total: number,
    private readonly out: NodeJS.WriteStream = process.stdout,
  ) {
    if (!out.isTTY) return;
    const { MultiBar, Presets }: typeof import('cli-progress') = require('cli-progress');
    const options = {
      stream: out,
      hideCursor: true,
      clearOnComplete: true,
      format: '{bar} {value}/{total}  {title}',
      barsize: 24,
    };
    this.bars = new MultiBar(options, Presets.shades_classic);
    this.bar = this.bars.create(total, 0, { title: 'starting the kernel' });
  }

  /** Shows the present activity, on a terminal only. */
  doing(title: string): void {
    this.bar?.update({ title });
  }

  /** Reports a finished cell. */
  done(number: number, title: string, seconds: number, failed: boolean): void {
    const count = `${String(number).padStart(String(this.total).length)}/${this.total}`;
    this.line(`${failed ? '✗' : '✓'} ${count}  ${title}  ${seconds.toFixed(2)} s`);
    this.bar?.increment();
  }

  line(text: string): void {
    if (this.bars) this.bars.log(`${text}\n`);
    else this.out.write(`${text}\n`);
  }

  stop(): void {
    this.bars?.stop();
  }
}
