import { transform } from 'sucrase';
import { Edits } from '../../javascript/edits';
import { parseProgram } from '../../javascript/parse-program';
import { boundNames, type Node, usesOf } from '../../javascript/references';

/** A cell as JavaScript, and how it is connected with others. */
export interface CompiledCell {
  /** The body of an async function of `$import`, `$last` and `$declare`, within the names of earlier cells. */
  code: string;
  /** Names that it declares at its top level, with their text, by which a change is noticed. */
  declares: Readonly<Record<string, string>>;
  /** Names that it takes from elsewhere. */
  uses: readonly string[];
}

/** Receives a name, what declares it, and whether it can be assigned to. */
type Declare = (name: string, node: Node, isVariable?: boolean) => void;

/**
 * Makes JavaScript of a cell: types are taken away, not checked. Lines stay where they are. Imports become calls, names
 * of the top level are declared for later cells when the cell ends, and the value of the last expression is kept.
 *
 * @throws {SyntaxError} when it is neither TypeScript nor JavaScript
 */
export function compileCell(source: string): CompiledCell {
  // An import that this cell does not use may be used by a later one.
  const options = { transforms: ['typescript' as const], disableESTransforms: true, keepUnusedImports: true };
  const { code } = transform(source, options);
  const program = parseProgram(code);
  const edits = new Edits(code);
  const declares: Record<string, string> = {};
  const variables = new Set<string>();
  const declare: Declare = (name, { start, end }, isVariable = false) => {
    declares[name] = code.slice(start, end);
    if (isVariable) variables.add(name);
  };
  const statements: Node[] = program['body'];
  let imports = '';
  for (const [i, statement] of statements.entries()) {
    if (statement.type === 'ImportDeclaration') {
      imports += importOf(statement, i, declare);
      edits.replace(statement.start, statement.end, '');
    } else declareNames(withoutExport(statement, edits), declare);
  }
  const last = statements.at(-1);
  if (last?.type === 'ExpressionStatement') {
    const { start, end } = last['expression'] as Node;
    edits.insert(start, '$last(');
    edits.insert(end, ')');
  }
  const uses = usesOf(program);
  for (const { start } of uses.imports) edits.replace(start, start + 'import'.length, '$import');
  for (const { start, end } of uses.metas) edits.replace(start, end, '({})');
  const names = Object.keys(declares);
  const accessors = names.map(
    (name) =>
      `get ${name}() { return ${name}; },${variables.has(name) ? ` set ${name}($value) { ${name} = $value; },` : ''}`,
  );
  return {
    code: `${imports}${edits.apply()}\n;$declare({ ${accessors.join(' ')} });`,
    declares,
    uses: [...new Set(uses.references.map(({ name }) => name))].filter((name) => !names.includes(name)),
  };
}

/** An import as statements on one line. */
function importOf(statement: Node, index: number, declare: Declare): string {
  const module = `$module${index}`;
  let text = `const ${module} = await $import(${JSON.stringify(statement['source'].value)});`;
  for (const { type, local, imported } of statement['specifiers'] as Node[]) {
    declare(local.name, statement);
    const name = type === 'ImportDefaultSpecifier' ? 'default' : (imported?.name ?? imported?.value);
    const value = type === 'ImportNamespaceSpecifier' ? module : `${module}[${JSON.stringify(name)}]`;
    text += ` const ${local.name} = ${value};`;
  }
  return `${text} `;
}

/** What a statement declares or does; what is exported is declared for later cells anyway. */
function withoutExport(statement: Node, edits: Edits): Node | undefined {
  const { type, declaration } = statement;
  if (type === 'ExportNamedDeclaration' || type === 'ExportAllDeclaration') {
    edits.replace(statement.start, declaration?.start ?? statement.end, '');
    return declaration ?? undefined;
  }
  if (type === 'ExportDefaultDeclaration') {
    const isNamed = Boolean(declaration.id);
    edits.replace(statement.start, declaration.start, isNamed ? '' : 'void ');
    return isNamed ? declaration : undefined;
  }
  return statement;
}

/** Declares the names of a statement of the top level; each `var` inside of it belongs to the whole cell, too. */
function declareNames(statement: Node | undefined, declare: Declare, isNested = false): void {
  if (!statement) return;
  const { type, kind } = statement;
  if (type === 'VariableDeclaration') {
    if (isNested && kind !== 'var') return;
    for (const one of statement['declarations'] as Node[])
      for (const name of boundNames(one['id'])) declare(name, one, kind === 'let' || kind === 'var');
    return;
  }
  if (/Function|Class/.test(type)) {
    if (!isNested && /Declaration$/.test(type)) declare(statement['id'].name, statement);
    return;
  }
  for (const value of Object.values(statement)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === 'string') declareNames(child, declare, true);
  }
}
