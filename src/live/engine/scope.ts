/** What the engine uses of a worker; Node's types have none of it. */
export interface WorkerScope {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onmessage: ((event: { data: never }) => void) | null;
  addEventListener(type: string, heard: (event: UncaughtEvent) => void): void;
  createImageBitmap?(blob: Blob, options: object): Promise<Bitmap>;
  OffscreenCanvas?: new (width: number, height: number) => Canvas;
}

/** An error that nothing caught, or a rejected promise that nothing awaits. */
export interface UncaughtEvent {
  preventDefault(): void;
  error?: unknown;
  message?: string;
  reason?: unknown;
}

/** A decoded picture of the browser. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Canvas {
  getContext(kind: '2d', options: object): Context | null;
}

interface Context {
  drawImage(bitmap: Bitmap, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}
