import { MODULE } from './module';

/** The functions of reductions.as, with their memory. */
export interface Reductions {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): number;
  begin(picture: number, data: number, channels: number): void;
  reduce(picture: number, data: number, rows: number, channels: number): void;
  count(picture: number, layer: number, data: number, start: number, rows: number, channels: number): void;
  end(picture: number, layer: number, positions: number, channels: number): number;
  multiply(
    rows: number,
    count: number,
    columns: number,
    products: number,
    firstA: number,
    endA: number,
    firstB: number,
    endB: number,
  ): void;
}

/** The parts of WebAssembly that are used; its types belong to browsers, which the compiler is not told of. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

let compiled: object | undefined;

/** Functions with a memory of their own. */
export function makeReductions(): Reductions {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  compiled ??= new Module(Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0)));
  const env = {
    abort() {
      throw new Error('reductions.as was aborted');
    },
  };
  return new Instance(compiled, { env }).exports as Reductions;
}
