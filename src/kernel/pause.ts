/** Calls something when nothing has been done for a while. */
export class Pause {
  private working = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param milliseconds without work, after which `use` is called, once per pause */
  constructor(
    private readonly milliseconds: number,
    private readonly use: () => void,
  ) {}

  /** Whether work is being done. */
  get busy(): boolean {
    return this.working > 0;
  }

  /** Does work, which no pause interrupts. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.working++;
    clearTimeout(this.timer);
    try {
      return await work();
    } finally {
      this.working--;
      this.wait();
    }
  }

  /** Waits for the next pause. */
  wait(): void {
    clearTimeout(this.timer);
    if (this.working === 0) this.timer = setTimeout(this.use, this.milliseconds).unref();
  }
}
