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
