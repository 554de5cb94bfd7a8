/** What tslab reads in the comments before a cell's first statement. */
export interface CommentTags {
  /** `@module NAME`: the cell defines a module of this name. */
  module?: string;
  /** `@browser`: the cell is for browsers; it does not run here. */
  browser: boolean;
}

/** Blanks and comments before the first statement. */
const START = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/;
const NAME = /^\w+$/;

export function commentTags(code: string): CommentTags {
  const [start] = START.exec(code)!;
  const documentation = (start.match(/\/\*\*[\s\S]*?\*\//g) ?? []).join('\n');
  const [, name] = /@module\s+(\S+?)\s*(?:\*\/|\n|$)/.exec(documentation) ?? [];
  return { ...(name && NAME.test(name) && { module: name }), browser: /@browser\b/.test(documentation) };
}

/** Comments that say what JSX becomes, such as `@jsx make`, on one line. They count only before the first statement. */
export function jsxComments(code: string): string {
  const comments = (code.match(/\/\*[\s\S]*?\*\//g) ?? []).filter((comment) => /@jsx\w*\s/.test(comment));
  return comments.join(' ').replace(/\s*\n\s*(?:\*(?!\/))?/g, ' ');
}
