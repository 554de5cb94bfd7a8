import type { SingleBar } from 'cli-progress';

/** Seconds between two lines where there is no terminal. */
const OFTEN = 10;

/** Shows how many pictures are done: a bar on a terminal, else a line from time to time. */
export class PictureProgress {
  private bar?: SingleBar;
  private readonly started = performance.now();
  private last = performance.now();
  /** What was there before this run counts for no speed. */
  private first?: number;
  /** Such as `64 of 2000 pictures`. */
  words = 'no picture';

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  show(done: number, total: number): void {
    this.words = `${done} of ${total} pictures`;
    this.first ??= done;
    const seconds = (performance.now() - this.started) / 1000;
    const speed = (done - this.first) / seconds;
    const left = speed > 0 ? `${speed.toFixed(1)} a second, ${duration((total - done) / speed)} left` : '';
    if (this.out.isTTY) {
      this.bar ??= this.open(total);
      this.bar.update(done, { left });
      // What follows has bars of its own.
      if (done === total) this.end();
    } else if (performance.now() - this.last > OFTEN * 1000 || done === total) {
      this.last = performance.now();
      this.out.write(`${this.words}, ${left}\n`);
    }
  }

  end(): void {
    this.bar?.stop();
  }

  private open(total: number): SingleBar {
    const { SingleBar, Presets }: typeof import('cli-progress') = require('cli-progress');
    const bar = new SingleBar(
      {
        stream: this.out,
        hideCursor: true,
        clearOnComplete: true,
        format: '{bar} {value}/{total} pictures  {left}',
        barsize: 24,
      },
      Presets.shades_classic,
    );
    bar.start(total, 0, { left: '' });
    return bar;
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
