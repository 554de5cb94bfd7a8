import { randomBytes } from 'node:crypto';
import type MarkdownIt from 'markdown-it';
import { escapeHtml } from '../../../renderers/page';

interface Temml {
  renderToString(tex: string, options: object): string;
}

/** Characters of a formula; a longer one stays as it is written. */
const LONGEST = 5000;

/** Lines of a formula. Each line that begins one is looked at, so that the time for many grows with their square. */
const MOST_LINES = 200;

/**
 * A formula as MathML, which browsers draw without scripts and fonts of the page's own. What TeX has and the library
 * has not is shown in red, as it is written.
 *
 * @param tex without its dollars
 */
export function mathHtml(tex: string, display: boolean): string {
  const plain = `<code>${escapeHtml(display ? `$$${tex}$$` : `$${tex}$`)}</code>`;
  if (tex.length > LONGEST) return plain;
  try {
    // Loaded by pages with formulas only.
    const temml: Temml = require('temml');
    const options = {
      displayMode: display,
      throwOnError: false,
      trust: false,
      maxExpand: 500,
      maxSize: [50, 50],
    };
    return temml.renderToString(tex, options);
  } catch {
    return plain;
  }
}

/** Formulas of a text that is sanitized before they are put into it: a sanitizer of HTML knows no MathML. */
export class Formulas {
  private readonly made: string[] = [];
  /** A stranger's text cannot hold it. */
  private readonly mark = randomBytes(12).toString('hex');

  /** @returns what stands for the formula until `into` */
  add(tex: string, display: boolean): string {
    this.made.push(mathHtml(tex, display));
    return `${this.mark}-${this.made.length - 1}-`;
  }

  into(html: string): string {
    return html.replace(new RegExp(`${this.mark}-(\\d+)-`, 'g'), (_, at) => this.made[Number(at)] ?? '');
  }
}

/** `\begin{align}` and others stand for themselves in Jupyter, without dollars. */
const ENVIRONMENT =
  /^\\begin\{(align|equation|eqnarray|gather|multline|matrix|pmatrix|bmatrix|cases)(\*?)\}[\s\S]*?\\end\{\1\2\}/;

/** Teaches Markdown `$…$`, `$$…$$` and environments of TeX; a dollar beside a space or a digit is money. */
export function withMath(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'math', (state, silent) => {
    const rest = state.src.slice(state.pos, state.pos + LONGEST + 4);
    const environment = ENVIRONMENT.exec(rest);
    const display = environment ? undefined : /^\$\$([\s\S]+?)\$\$/.exec(rest);
    const inline =
      environment || display ? undefined : /^\$(?![\s$])((?:\\[\s\S]|[^$\\`])*?)(?<=\S)\$(?!\d)/.exec(rest);
    const found = environment ?? display ?? inline;
    if (!found || (!environment && !found[1]!.trim())) return false;
    if (!silent) {
      const token = state.push('math', '', 0);
      token.content = environment ? found[0] : found[1]!;
      token.meta = { display: !inline };
    }
    state.pos += found[0].length;
    return true;
  });
  // A formula of its own, whose lines Markdown must not read as a list or a heading.
  markdown.block.ruler.before(
    'fence',
    'math',
    (state, from, to, silent) => {
      const line = (at: number) => state.src.slice(state.bMarks[at]! + state.tShift[at]!, state.eMarks[at]);
      if (!line(from).startsWith('$$')) return false;
      const last = Math.min(to, from + MOST_LINES);
      let end = from;
      while (end < last && !/.\$\$\s*$|^\$\$\s*$/.test(end === from ? line(end).slice(2) : line(end))) end++;
      if (end === last) return false;
      const content = state
        .getLines(from, end + 1, state.blkIndent, false)
        .trim()
        .slice(2, -2);
      // Two formulas in one line belong to a text.
      if (content.includes('$$')) return false;
      if (silent) return true;
      const token = state.push('math', '', 0);
      Object.assign(token, {
        content,
        meta: { display: true },
        map: [from, end + 1],
        block: true,
      });
      state.line = end + 1;
      return true;
    },
    { alt: ['paragraph'] },
  );
  markdown.renderer.rules['math'] = (tokens, i, _, env: { formulas: Formulas }) =>
    env.formulas.add(tokens[i]!.content, tokens[i]!.meta.display);
}

/** The formula of an output of type text/latex. */
export function latexHtml(latex: string): string {
  const bare = latex.trim();
  const inside =
    /^\$\$([\s\S]*)\$\$$/.exec(bare) ?? /^\\\[([\s\S]*)\\\]$/.exec(bare) ?? /^\$([\s\S]*)\$$/.exec(bare);
  return mathHtml((inside?.[1] ?? bare).replace(/^\\displaystyle\s*/, ''), true);
}
