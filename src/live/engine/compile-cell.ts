import { type Node, parse } from 'acorn';
import { transform } from 'sucrase';

/** A cell as JavaScript, and how it is connected with others. */
export interface CompiledCell {
  /** The body of an async function of `$scope`, `$import`, `$last` and `$declare`. */
  code: string;
  /** Names that it declares at its top level, with their text, by which a change is noticed. */
  declares: Readonly<Record<string, string>>;
  /** Names that it may take from other cells. */
  uses: readonly string[];
}

/** A node of the syntax tree, whose properties depend on its type. */
// biome-ignore lint/suspicious/noExplicitAny: each type of node has its own properties
type Tree = Node & Record<string, any>;

interface Edit {
  start: number;
  end: number;
  text: string;
}

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
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Tree;
  const edits: Edit[] = [];
  const declares: Record<string, string> = {};
  const assignable = new Set<string>();
  const declare = (name: string, node: Tree, isVariable = false) => {
    declares[name] = code.slice(node.start, node.end);
    if (isVariable) assignable.add(name);
  };
  let imports = '';
  for (const [i, statement] of (program['body'] as Tree[]).entries()) {
    if (statement.type === 'ImportDeclaration') {
      imports += importOf(statement, i, (name) => declare(name, statement));
      edits.push({ start: statement.start, end: statement.end, text: '' });
      continue;
    }
    const inner = withoutExport(statement, edits);
    if (inner?.type === 'VariableDeclaration') declareVariables(inner, declare);
    else if (inner && /^(Function|Class)Declaration$/.test(inner.type)) declare(inner['id'].name, inner);
    else if (inner) for (const nested of variablesIn(inner)) declareVariables(nested, declare);
  }
  const last = (program['body'] as Tree[]).at(-1);
  if (last?.type === 'ExpressionStatement') {
    const { start, end } = last['expression'] as Tree;
    edits.push({ start, end: start, text: '$last(' }, { start: end, end, text: ')' });
  }
  const uses = new Set<string>();
  visit(program, (node) => {
    if (node.type === 'Identifier') uses.add(node['name']);
    if (node.type === 'ImportExpression')
      edits.push({ start: node.start, end: node.start + 'import'.length, text: '$import' });
    if (node.type === 'MetaProperty' && node['meta'].name === 'import')
      edits.push({ start: node.start, end: node.end, text: '({})' });
  });
  const accessors = Object.keys(declares).map(
    (name) =>
      `get ${name}() { return ${name}; },${assignable.has(name) ? ` set ${name}($value) { ${name} = $value; },` : ''}`,
  );
  const body = applied(code, edits);
  return {
    code: `${imports}${body}\n;$declare({ ${accessors.join(' ')} });`,
    declares,
    uses: [...uses].filter((name) => !Object.hasOwn(declares, name)),
  };
}

/** An import as statements on one line. */
function importOf(statement: Tree, index: number, declare: (name: string) => void): string {
  const module = `$module${index}`;
  let text = `const ${module} = await $import(${JSON.stringify(statement['source'].value)});`;
  for (const { type, local, imported } of statement['specifiers'] as Tree[]) {
    declare(local.name);
    const name = imported?.name ?? imported?.value;
    const value =
      type === 'ImportNamespaceSpecifier'
        ? module
        : `${module}[${JSON.stringify(type === 'ImportDefaultSpecifier' ? 'default' : name)}]`;
    text += ` const ${local.name} = ${value};`;
  }
  return `${text} `;
}

/** What is exported is declared for later cells anyway. */
function withoutExport(statement: Tree, edits: Edit[]): Tree | undefined {
  const { type, declaration } = statement;
  if (type === 'ExportNamedDeclaration' || type === 'ExportAllDeclaration') {
    edits.push({ start: statement.start, end: declaration?.start ?? statement.end, text: '' });
    return declaration ?? undefined;
  }
  if (type === 'ExportDefaultDeclaration') {
    const isNamed = Boolean(declaration.id);
    edits.push({ start: statement.start, end: declaration.start, text: isNamed ? '' : 'void ' });
    return isNamed ? declaration : undefined;
  }
  return statement;
}

function declareVariables(
  { kind, declarations }: Tree,
  declare: (name: string, node: Tree, isVariable: boolean) => void,
): void {
  for (const one of declarations as Tree[]) {
    for (const name of boundNames(one['id'])) declare(name, one, kind !== 'const' && kind !== 'using');
  }
}

/** Each `var` inside of a statement, which belongs to the whole cell. */
function variablesIn(statement: Tree): Tree[] {
  const found: Tree[] = [];
  visit(statement, (node) => {
    if (/Function|Class/.test(node.type)) return false;
    if (node.type === 'VariableDeclaration' && node['kind'] === 'var') found.push(node);
    return true;
  });
  return found;
}

/** The names that a pattern binds. */
function boundNames(pattern: Tree | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern['name']];
    case 'ObjectPattern':
      return pattern['properties'].flatMap((one: Tree) => boundNames(one['value'] ?? one['argument']));
    case 'ArrayPattern':
      return pattern['elements'].flatMap(boundNames);
    case 'AssignmentPattern':
      return boundNames(pattern['left']);
    case 'RestElement':
      return boundNames(pattern['argument']);
    default:
      return [];
  }
}

/** Calls `use` for each node but names of properties; what it returns false for is not looked into. */
function visit(node: Tree, use: (node: Tree) => unknown): void {
  if (use(node) === false) return;
  for (const [key, value] of Object.entries(node)) {
    const isName =
      (key === 'property' && node.type === 'MemberExpression' && !node['computed']) ||
      (key === 'key' && !node['computed'] && !node['shorthand']);
    if (isName) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') visit(child, use);
    }
  }
}

/** The text with its replacements; line breaks of what is replaced stay. */
function applied(code: string, edits: Edit[]): string {
  let [result, at] = ['', 0];
  for (const { start, end, text } of edits.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const breaks = code.slice(start, end).replace(/[^\n]/g, '');
    result += code.slice(at, start) + text + breaks;
    at = end;
  }
  return result + code.slice(at);
}
