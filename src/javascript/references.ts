import { boundNames } from './bound-names';

/** A node of an ESTree, as acorn and others make it; positions count UTF-16 units. */
export interface Node {
  type: string;
  start: number;
  end: number;
  // biome-ignore lint/suspicious/noExplicitAny: each type of node has its own properties
  [property: string]: any;
}

/** A name that is used where nothing in the program but an import declares it. */
export interface Reference {
  name: string;
  start: number;
  end: number;
  /** How it is used: as the function of a call, as a property's short form (`{ name }`), or otherwise. */
  use: 'called' | 'shorthand' | 'other';
}

export interface Uses {
  references: Reference[];
  /** Calls of `import()`. */
  imports: Node[];
  /** Places of `import.meta`. */
  metas: Node[];
  /** Whether it awaits outside of every function. */
  awaits: boolean;
  /** Each `await` and `for await`. */
  awaitings: Node[];
}

class Scope {
  readonly names = new Set<string>();

  constructor(private readonly outside?: Scope) {}

  has(name: string): boolean {
    return this.names.has(name) || (this.outside?.has(name) ?? false);
  }
}

/** Finds what a program uses from outside of itself. Its imports count as outside. */
export function usesOf(program: Node): Uses {
  const finder = new Finder();
  const scope = new Scope();
  declareVariables(program, scope);
  declareBlock(program['body'], scope);
  for (const statement of program['body']) finder.visit(statement, scope, false);
  return finder.uses;
}

/** Adds what statements of a block declare for this block alone. */
function declareBlock(statements: (Node | null)[], { names }: Scope) {
  for (const statement of statements) {
    const declared = statement?.['declaration'] ?? statement;
    if (declared?.type === 'VariableDeclaration') {
      for (const { id } of declared.declarations) for (const name of boundNames(id)) names.add(name);
    } else if (declared?.type === 'FunctionDeclaration' || declared?.type === 'ClassDeclaration') {
      if (declared.id) names.add(declared.id.name);
    }
  }
}

const FUNCTION = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

/** Adds each `var` below a node that belongs to the same function. */
function declareVariables(node: Node, scope: Scope) {
  declareBlock([...variablesBelow(node)], scope);
}

/** Each declaration by `var` in a node that belongs to the same function, the node itself included. */
export function* variablesBelow(node: Node): Generator<Node> {
  if (node.type === 'VariableDeclaration' && node['kind'] === 'var') yield node;
  for (const child of children(node)) {
    if (!FUNCTION.test(child.type) && !/^(Class|StaticBlock|.*Expression$)/.test(child.type)) {
      yield* variablesBelow(child);
    }
  }
}

function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const key in node) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item?.type === 'string') found.push(item);
    } else if (typeof value?.type === 'string') found.push(value);
  }
  return found;
}

class Finder {
  readonly uses: Uses = { references: [], imports: [], metas: [], awaits: false, awaitings: [] };

  /** @param inside whether it is inside of a function */
  visit(node: Node | null, scope: Scope, inside: boolean, use: Reference['use'] = 'other'): void {
    if (!node) return;
    const all = (nodes: (Node | null)[], within: Scope) => {
      for (const each of nodes) this.visit(each, within, inside);
    };
    const inner = new Scope(scope);
    switch (node.type) {
      case 'Identifier':
        if (!scope.has(node['name'])) {
          this.uses.references.push({ name: node['name'], start: node.start, end: node.end, use });
        }
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.visitFunction(node, scope);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node['id']) inner.names.add(node['id'].name);
        all([node['superClass'], node['body']], inner);
        break;
      case 'BlockStatement':
        declareBlock(node['body'], inner);
        all(node['body'], inner);
        break;
      case 'StaticBlock':
        declareVariables(node, inner);
        declareBlock(node['body'], inner);
        for (const each of node['body']) this.visit(each, inner, true);
        return;
      case 'ForStatement':
        declareBlock([node['init']], inner);
        all([node['init'], node['test'], node['update'], node['body']], inner);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node['await'] === true) this.await(node, inside);
        declareBlock([node['left']], inner);
        all([node['left'], node['right'], node['body']], inner);
        break;
      case 'SwitchStatement':
        all([node['discriminant']], scope);
        for (const { consequent } of node['cases']) declareBlock(consequent, inner);
        all(node['cases'], inner);
        break;
      case 'CatchClause':
        for (const name of boundNames(node['param'])) inner.names.add(name);
        all([node['param'], node['body']], inner);
        break;
      case 'MemberExpression':
        all([node['object'], node['computed'] ? node['property'] : null], scope);
        break;
      case 'Property':
        if (node['computed']) this.visit(node['key'], scope, inside);
        if (node['shorthand']) this.visitShorthand(node['value'], scope, inside);
        else this.visit(node['value'], scope, inside);
        break;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        all([node['computed'] ? node['key'] : null, node['value']], scope);
        break;
      case 'LabeledStatement':
        all([node['body']], scope);
        break;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return;
      case 'ExportNamedDeclaration':
        all([node['declaration']], scope);
        break;
      case 'CallExpression':
        this.visit(node['callee'], scope, inside, 'called');
        all(node['arguments'], scope);
        break;
      case 'TaggedTemplateExpression':
        this.visit(node['tag'], scope, inside, 'called');
        all([node['quasi']], scope);
        break;
      case 'MetaProperty':
        if (node['meta'].name === 'import') this.uses.metas.push(node);
        return;
      case 'ImportExpression':
        this.uses.imports.push(node);
        all(children(node), scope);
        break;
      case 'AwaitExpression':
        this.await(node, inside);
        all([node['argument']], scope);
        break;
      default:
        all(children(node), scope);
        break;
    }
  }

  private await(node: Node, inside: boolean) {
    this.uses.awaits ||= !inside;
    this.uses.awaitings.push(node);
  }

  private visitFunction(node: Node, scope: Scope) {
    const parameters = new Scope(scope);
    parameters.names.add('arguments');
    if (node.type === 'FunctionExpression' && node['id']) parameters.names.add(node['id'].name);
    for (const each of node['params']) for (const name of boundNames(each)) parameters.names.add(name);
    for (const each of node['params']) this.visit(each, parameters, true);
    const { body } = node as { body?: Node };
    if (body?.type !== 'BlockStatement') return this.visit(body!, parameters, true);
    const inner = new Scope(parameters);
    declareVariables(body, inner);
    declareBlock(body['body'], inner);
    for (const each of body['body']) this.visit(each, inner, true);
  }

  /** `{ name }`, or `{ name = value }` in a pattern. */
  private visitShorthand(value: Node, scope: Scope, inside: boolean) {
    if (value.type !== 'AssignmentPattern') return this.visit(value, scope, inside, 'shorthand');
    this.visit(value['left'], scope, inside, 'shorthand');
    this.visit(value['right'], scope, inside);
  }
}
