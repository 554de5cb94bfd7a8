/** What `export` of a rewritten module is at run time: see `Require` in rewrite.ts. */
export function defineGetters(exports: object, getters: Record<string, () => unknown>): void {
  if (!('__esModule' in exports)) Object.defineProperty(exports, '__esModule', { value: true });
  for (const [name, get] of Object.entries(getters)) {
    Object.defineProperty(exports, name, { get, enumerable: true, configurable: true });
  }
}

/** `export * from`: what the module exports itself goes first. */
export function exportAll(exports: object, module: object): void {
  const names = Object.keys(module).filter((name) => name !== 'default' && !(name in exports));
  defineGetters(exports, Object.fromEntries(names.map((name) => [name, () => module[name as never]])));
}

/** Whether a module was written with `export`, or is one of the platform's own. */
export function isESModule(module: unknown): module is { default: unknown } {
  const { __esModule, [Symbol.toStringTag]: tag } = (module ?? {}) as Record<PropertyKey, unknown>;
  return __esModule === true || tag === 'Module';
}

/** Whether a text is an ES module; without a line that imports or exports it is taken for CommonJS. */
export const hasModuleSyntax = (text: string): boolean => /^\s*(import|export)\b/m.test(text);
