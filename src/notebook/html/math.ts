import { randomBytes } from 'node:crypto';
import type MarkdownIt from 'markdown-it';
import { escapeHtml } from '../../../renderers/page';
import { formulaAt, formulaOfLines, LONGEST } from './formulas';

interface Temml {
  renderToString(tex: string, options: object): string;
}

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
  private readonly made: { html: string; tex: string }[] = [];
  /** A stranger's text cannot hold it. */
  private readonly mark = randomBytes(12).toString('hex');

  /** @returns what stands for the formula until `into` */
  add(tex: string, display: boolean): string {
    this.made.push({ html: mathHtml(tex, display), tex });
    return `${this.mark}-${this.made.length - 1}-`;
  }

  into(html: string): string {
    const marks = new RegExp(`${this.mark}-(\\d+)-`, 'g');
    // An attribute holds no elements, whose quotes would end it; safe HTML escapes angle brackets there.
    return html.replace(/<[^<>]*>|[^<>]+/g, (part) =>
      part.replace(marks, (_, at) => {
        const { html = '', tex = '' } = this.made[Number(at)] ?? {};
        return part.startsWith('<') ? escapeHtml(tex) : html;
      }),
    );
  }
}

/** Teaches Markdown `$…$`, `$$…$$` and environments of TeX; a dollar beside a space or a digit is money. */
export function withMath(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'math', (state, silent) => {
    const found = formulaAt(state.src.slice(state.pos, state.pos + LONGEST + 4));
    if (!found) return false;
    if (!silent) {
      const token = state.push('math', '', 0);
      token.content = found.tex;
      token.meta = { display: found.display };
    }
    state.pos += found.length;
    return true;
  });
  // A formula of its own, whose lines Markdown must not read as a list or a heading.
  markdown.block.ruler.before(
    'fence',
    'math',
    (state, from, to, silent) => {
      const found = formulaOfLines((at) =>
        from + at < to
          ? state.src.slice(state.bMarks[from + at]! + state.tShift[from + at]!, state.eMarks[from + at])
          : undefined,
      );
      if (!found) return false;
      if (silent) return true;
      state.line = from + found.lines;
      const token = state.push('math', '', 0);
      Object.assign(token, {
        content: found.tex,
        meta: { display: true },
        map: [from, state.line],
        block: true,
      });
      return true;
    },
    { alt: ['paragraph'] },
  );
  markdown.renderer.rules['math'] = (tokens, i, _, env: { formulas: Formulas }) =>
    env.formulas.add(tokens[i]!.content, tokens[i]!.meta.display);
}

/** The formulas in the text of HTML, as JupyterLab shows them; what stands in code has none. */
export function withMathInHtml(html: string, formulas: Formulas): string {
  let inCode = 0;
  const parts = html.split(/(<[^<>]*>)/).map((part, i) => {
    if (i % 2 === 0) return inCode > 0 ? part : withMathInText(part, formulas);
    const code = /^<(\/?)(pre|code|script|style|textarea)\b/i.exec(part);
    if (code) inCode = Math.max(0, inCode + (code[1] ? -1 : 1));
    return part;
  });
  return parts.join('');
}

/** @param text of HTML, with its entities, which stay in what is no formula */
function withMathInText(text: string, formulas: Formulas): string {
  let made = '';
  let from = 0;
  for (const { index: at } of text.matchAll(/[$\\]/g)) {
    if (at < from) continue;
    const isDollar = text.startsWith('\\$', at);
    const found = isDollar ? undefined : formulaAt(text.slice(at, at + LONGEST + 4));
    if (!isDollar && !found) continue;
    made += text.slice(from, at) + (found ? formulas.add(withoutEntities(found.tex), found.display) : '$');
    from = at + (found?.length ?? 2);
  }
  return made + text.slice(from);
}

const ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['amp', '&'],
]);

const withoutEntities = (tex: string) =>
  tex.replace(/&(?:#(\d{1,6})|(lt|gt|quot|amp));/g, (_, code, name) =>
    code ? String.fromCodePoint(Number(code)) : ENTITIES.get(name)!,
  );

/** An output of type text/latex: a formula, or a text with some. */
export function latexHtml(latex: string): string {
  const bare = latex.trim();
  const marks = [/^\$\$([\s\S]*)\$\$$/, /^\\\[([\s\S]*)\\\]$/, /^\\\(([\s\S]*)\\\)$/, /^\$([\s\S]*)\$$/];
  const inside = marks.map((pattern) => pattern.exec(bare)?.[1]).find((tex) => tex && !/(?<!\\)\$/.test(tex));
  if (inside || !bare.includes('$')) {
    return mathHtml((inside ?? bare).replace(/^\\displaystyle\s*/, ''), true);
  }
  const formulas = new Formulas();
  return formulas.into(withMathInText(escapeHtml(bare), formulas));
}
