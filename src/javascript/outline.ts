import type * as swc from '@swc/core';
import { boundNames } from './bound-names';
import { KEEP_LAST } from './declare';
import type { Edits } from './edits';

/** A name that a cell declares, and what later cells may do with it. */
export interface DeclaredName {
  name: string;
  /** `variable` can be assigned to, `value` can be read, and `type` is gone at run time. */
  kind: 'variable' | 'value' | 'type';
  /** What declares it: the words of completions. */
  what: 'variable' | 'constant' | 'function' | 'class' | 'enum' | 'interface' | 'type' | 'module';
  /** Declared by `declare`: nothing at run time, where the name means what it meant before. */
  ambient?: boolean;
}

export interface Outline {
  names: DeclaredName[];
  /** Those that the cell exports itself. */
  exported: string[];
  /** What it adds to by `declare global` and `declare module 'x'`, with the names declared there; else nothing. */
  augments: string;
}

type Statement = swc.ModuleItem;

/**
 * Lists what the code of a cell declares at its top level, and edits what JavaScript cannot be made of otherwise:
 * - a `const enum` becomes an enum, since later cells may use it;
 * - `import defer` becomes an import, which loads at once;
 * - `import x = require(…)` and `export =` become what they mean in CommonJS.
 *
 * @param module the code as parsed by swc
 * @param edits of the code
 */
export function outlineOf(module: swc.Module, edits: Edits): Outline {
  const at = offsets(edits.source);
  const names = new Map<string, DeclaredName>();
  const exported: string[] = [];
  const augments: string[] = [];
  const add: Add = (name, kind, what) => {
    if (kind !== 'type' || !names.has(name)) names.set(name, { name, kind, what });
  };
  for (const item of module.body) {
    const statement = item.type === 'ExportDeclaration' ? item.declaration : item;
    const before = names.size;
    const { declare: ambient } = statement as { declare?: boolean };
    declare(statement as Statement, (name, kind, what) => {
      const known = names.get(name)?.kind ?? 'type';
      // Beside a real declaration it only adds types.
      if (!ambient) add(name, kind, what);
      else if (known === 'type') names.set(name, { name, kind, what, ambient });
    });
    if (item.type === 'TsModuleDeclaration' && (item.global || item.id.type === 'StringLiteral')) {
      augments.push(`${item.id.value}: ${namesIn(item).join(' ')}`);
    }
    if (item.type === 'ExportDeclaration') exported.push(...[...names.keys()].slice(before));
    if (item.type === 'ExportNamedDeclaration' && !item.source) {
      for (const specifier of item.specifiers) {
        if (specifier.type === 'ExportSpecifier') exported.push((specifier.exported ?? specifier.orig).value);
      }
    }
    const { span } = statement as { span: swc.Span };
    const source = () => edits.source.slice(at(span.start), at(span.end));
    if (statement.type === 'TsEnumDeclaration' && statement.isConst) {
      const found = at(span.start) + source().search(/\bconst\b/);
      edits.replace(found, found + 'const'.length, '');
    } else if ((statement as { phase?: string }).phase === 'defer') {
      const found = at(span.start) + source().search(/\bdefer\b/);
      edits.replace(found, found + 'defer'.length, '');
    } else if (statement.type === 'TsImportEqualsDeclaration') {
      if (statement.moduleRef.type !== 'TsExternalModuleReference') continue;
      const start = at(span.start);
      if (statement.isTypeOnly) edits.replace(start, at(span.end), '');
      else {
        const found = start + source().search(/\bimport\b/);
        edits.replace(found, found + 'import'.length, 'const');
      }
    } else if (statement.type === 'TsExportAssignment') {
      const [{ length }] = /^export\s*=/.exec(source())!;
      edits.replace(at(span.start), at(span.start) + length, 'module.exports =');
    }
  }
  return { names: [...names.values()], exported, augments: augments.sort().join('; ') };
}

/** Assigns the value of a cell's last statement to `__require__.last` when it is an expression. */
export function keepLast(module: swc.Module, edits: Edits): void {
  // A second semicolon is a statement of its own.
  const last = module.body.findLast(({ type }) => type !== 'EmptyStatement');
  if (last?.type !== 'ExpressionStatement') return;
  const { span } = last.expression as { span: swc.Span };
  const at = offsets(edits.source);
  edits.insert(at(span.start), KEEP_LAST[0]);
  edits.insert(at(span.end), KEEP_LAST[1]);
}

/** swc counts bytes, from 1. */
function offsets(source: string): (byte: number) => number {
  const bytes = Buffer.from(source);
  return (byte) => bytes.subarray(0, byte - 1).toString().length;
}

type Add = (name: string, kind: DeclaredName['kind'], what: DeclaredName['what']) => void;

function declare(statement: Statement | swc.Declaration, add: Add): void {
  switch (statement.type) {
    case 'VariableDeclaration': {
      const constant = statement.kind === 'const';
      for (const { id } of statement.declarations)
        for (const name of boundNames(id))
          constant ? add(name, 'value', 'constant') : add(name, 'variable', 'variable');
      return;
    }
    case 'UsingDeclaration' as never: {
      const { decls } = statement as unknown as { decls: swc.VariableDeclarator[] };
      for (const { id } of decls) for (const name of boundNames(id)) add(name, 'value', 'constant');
      return;
    }
    case 'FunctionDeclaration':
      add(statement.identifier.value, 'value', 'function');
      break;
    case 'ClassDeclaration':
      add(statement.identifier.value, 'value', 'class');
      break;
    case 'TsEnumDeclaration':
      add(statement.id.value, 'value', 'enum');
      break;
    case 'TsImportEqualsDeclaration':
      add(statement.id.value, statement.isTypeOnly ? 'type' : 'value', 'module');
      break;
    case 'TsModuleDeclaration':
      if (statement.id.type === 'Identifier' && !statement.global) {
        add(statement.id.value, hasValues(statement) ? 'value' : 'type', 'module');
      }
      return;
    case 'TsInterfaceDeclaration':
      add(statement.id.value, 'type', 'interface');
      break;
    case 'ExportDefaultDeclaration': {
      const { decl } = statement;
      if (decl.type === 'TsInterfaceDeclaration') declare(decl, add);
      else if (decl.identifier)
        add(decl.identifier.value, 'value', decl.type === 'ClassExpression' ? 'class' : 'function');
      return;
    }
    case 'TsTypeAliasDeclaration':
      add(statement.id.value, 'type', 'type');
      break;
    case 'ImportDeclaration':
      for (const specifier of statement.specifiers) {
        const type = statement.typeOnly || (specifier as { isTypeOnly?: boolean }).isTypeOnly;
        add(specifier.local.value, type ? 'type' : 'value', type ? 'type' : 'variable');
      }
      return;
    default:
      nestedVariables(statement, add);
  }
}

/** The names that are declared in a module or namespace. */
function namesIn({ body }: swc.TsModuleDeclaration): string[] {
  const names = new Set<string>();
  for (const item of body?.type === 'TsModuleBlock' ? body.body : []) {
    const inner = item.type === 'ExportDeclaration' ? item.declaration : item;
    declare(inner as Statement, (name) => names.add(name));
  }
  return [...names].sort();
}

/** A namespace of types alone is nothing at run time. */
function hasValues({ body }: swc.TsModuleDeclaration): boolean {
  if (body?.type !== 'TsModuleBlock') return body !== undefined && body !== null;
  return body.body.some((item) => {
    const inner = item.type === 'ExportDeclaration' ? item.declaration : item;
    if (inner.type === 'TsModuleDeclaration') return hasValues(inner);
    return inner.type !== 'TsInterfaceDeclaration' && inner.type !== 'TsTypeAliasDeclaration';
  });
}

/** Each `var` inside of a statement belongs to the whole cell. */
function nestedVariables(node: object, add: Add): void {
  for (const value of Object.values(node)) {
    if (typeof value !== 'object' || value === null) continue;
    const { type, kind } = value as { type?: string; kind?: string };
    if (type === 'VariableDeclaration' && kind === 'var') declare(value as swc.VariableDeclaration, add);
    else if (!type || !/Function|Class|Expression$|Method|^Ts/.test(type)) nestedVariables(value, add);
  }
}
