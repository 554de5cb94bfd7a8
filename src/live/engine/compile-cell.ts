import { transform } from 'sucrase';
import { boundNames } from '../../javascript/bound-names';
import { type Declared, declareStatement, KEEP_LAST, startOfDeclare } from '../../javascript/declare';
import { Edits } from '../../javascript/edits';
import { parseProgram } from '../../javascript/parse-program';
import { type Node, usesOf, variablesBelow } from '../../javascript/references';
import { type Names, rewriteCell } from '../../javascript/rewrite';

/** A cell as JavaScript, and how it is connected with others. */
export interface CompiledCell {
  /** The body of an async function of `exports` and `require`: see {@link rewriteCell}. */
  code: string;
  /** The modules that it imports. */
  modules: readonly string[];
  /** Names that it declares at its top level, with their text, by which a change is noticed. */
  declares: Readonly<Record<string, string>>;
  /** Names that it takes from elsewhere. */
  uses: readonly string[];
}

/**
 * Makes JavaScript of a cell as the kernel does, but without its types: they are taken away, not checked.
 *
 * @param earlier names of earlier cells
 * @throws {SyntaxError} when it is neither TypeScript nor JavaScript
 */
export function compileCell(source: string, earlier: Names): CompiledCell {
  // An import that this cell does not use may be used by a later one.
  const options = { transforms: ['typescript' as const], disableESTransforms: true, keepUnusedImports: true };
  const plain = transform(source, options).code;
  const program = parseProgram(plain);
  const declarations = (program['body'] as Node[]).flatMap((statement) => [...declarationsOf(statement)]);
  const declares = Object.fromEntries(declarations.map(({ name, node }) => [name, textOf(node, plain)]));
  const text = withEnd(plain, program, declarations);
  const whole = parseProgram(text);
  const { code, modules } = rewriteCell(text, whole, earlier, startOfDeclare(whole));
  const uses = new Set(usesOf(program).references.map(({ name }) => name));
  return { code, modules, declares, uses: [...uses].filter((name) => !Object.hasOwn(declares, name)) };
}

const textOf = ({ start, end }: Node, code: string) => code.slice(start, end);

/** The cell with what keeps the value of its last expression, and declares its names. */
function withEnd(code: string, program: Node, declared: readonly Declared[]): string {
  const edits = new Edits(code);
  // A second semicolon is a statement of its own.
  const last = (program['body'] as Node[]).findLast(({ type }) => type !== 'EmptyStatement');
  if (last?.type === 'ExpressionStatement') {
    edits.insert(last.expression.start, KEEP_LAST[0]);
    edits.insert(last.expression.end, KEEP_LAST[1]);
  }
  edits.insert(code.length, declareStatement([...new Map(declared.map((one) => [one.name, one])).values()]));
  return edits.apply();
}

/** A name, and what declares it. */
interface Declaration extends Declared {
  node: Node;
}

/** The names that a statement of the top level declares; each `var` inside of it belongs to the whole cell, too. */
function* declarationsOf(statement: Node): Generator<Declaration> {
  const node: Node = statement['declaration'] ?? statement;
  if (node.type === 'ImportDeclaration') {
    for (const { local } of node['specifiers']) yield { name: local.name, kind: 'value', node };
  } else if (/^(Function|Class)Declaration$/.test(node.type)) {
    if (node['id']) yield { name: node['id'].name, kind: 'value', node };
  } else {
    const isVariable = node.type === 'VariableDeclaration' && node['kind'] !== 'var';
    for (const { kind, declarations } of isVariable ? [node] : variablesBelow(node)) {
      for (const one of declarations)
        for (const name of boundNames(one.id))
          yield { name, kind: /^(let|var)$/.test(kind) ? 'variable' : 'value', node: one };
    }
  }
}
