import sanitize from 'sanitize-html';
import type { Found } from './pictures';

// Elements of text and tables. No form, frame, object, style element or script.
const TAGS = [
  ...'h1 h2 h3 h4 h5 h6 p blockquote pre code hr br div span a img ul ol li dl dt dd table thead tbody tfoot'.split(
    ' ',
  ),
  ...'tr th td caption b i em strong s del ins sub sup small kbd mark abbr details summary figure figcaption'.split(
    ' ',
  ),
  // Formulas, whose elements hold text only.
  ...'math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd'.split(
    ' ',
  ),
];

/** Elements that show something, and what a reader is told in their place. */
const LEFT_OUT = {
  ...{ script: 'a script', iframe: 'a frame', frame: 'a frame', video: 'a video', audio: 'a sound' },
  ...{ canvas: 'a drawing', svg: 'an SVG drawing', applet: 'an applet' },
  ...{ input: 'an input', textarea: 'an input', button: 'a button', select: 'a menu' },
  ...{ meter: 'a gauge', progress: 'a progress bar' },
};

/** A note where something is missing. */
const note = (text: string) => ({
  tagName: 'em',
  attribs: { class: 'left-out' },
  text: `(left out: ${text})`,
});

/** A drawing that stands in HTML, with what browsers need when it stands alone. */
const SVG = /<svg\b[\s\S]*?<\/svg\s*>/gi;

/** A drawing that shows other files: in an `<img>` they are not loaded. */
const SHOWS_FILES = /<(image|use|feImage)\b[^<>]*\bhref\s*=\s*["']?(?!["']?(#|data:))/i;

/** Drawings as pictures, which run no script and load nothing. */
function withDrawings(html: string): string {
  // Behind the last end no beginning is looked at, so that many of them take no time.
  const last = [...html.matchAll(/<\/svg\s*>/gi)].at(-1);
  if (!last) return html;
  const end = last.index + last[0].length;
  const drawn = html.slice(0, end).replace(SVG, (svg) => {
    if (SHOWS_FILES.test(svg)) return svg;
    const alone = /^<svg\b[^>]*\sxmlns\s*=/i.test(svg)
      ? svg
      : svg.replace(/^<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
    const base64 = Buffer.from(alone.replaceAll('&nbsp;', '&#160;')).toString('base64');
    return `<img alt="an SVG drawing" src="data:image/svg+xml;base64,${base64}">`;
  });
  return drawn + html.slice(end);
}

/** The address of a picture; of a list of them, the first. */
const addressOf = ({ src, srcset, data, href = '' }: sanitize.Attributes) =>
  (src || srcset?.trim().split(/,?\s/)[0] || data || href).trim();

/**
 * Removes from untrusted HTML whatever could run, load something, or cover the page, and says so in its place.
 *
 * @param picture finds what an `<img>` shows
 */
export function safeHtml(html: string, picture: (source: string) => Found): string {
  return sanitize(withDrawings(html), {
    allowedTags: TAGS,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height'],
      '*': ['align', 'colspan', 'rowspan', 'scope', 'class'],
      details: ['open'],
      math: ['display'],
    },
    // Only the highlighter's classes: one of the page's classes could cover the page.
    allowedClasses: { '*': [/^hljs/, /^language-[\w-]+$/, 'left-out', 'without-background'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    transformTags: {
      ...Object.fromEntries(
        Object.entries(LEFT_OUT).map(([tag, what]) => [
          tag,
          (_: string, attribs: sanitize.Attributes) =>
            note(`${what} ${shortened(addressOf(attribs))}`.trim()),
        ]),
      ),
      // Its note is the style sheet's, so that the element keeps what it holds.
      '*': (tagName, attribs) =>
        attribs['background'] || /url\s*\(/i.test(attribs['style'] ?? '')
          ? { tagName, attribs: { ...attribs, class: `${attribs['class'] ?? ''} without-background` } }
          : { tagName, attribs },
      a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer' }),
      ...Object.fromEntries(
        ['img', 'image', 'object', 'embed'].map((tag) => [
          tag,
          (_: string, attribs: sanitize.Attributes) => {
            const address = addressOf(attribs);
            const found = picture(address);
            if ('url' in found) return { tagName: 'img', attribs: { ...attribs, src: found.url } };
            if (!/^im/.test(tag)) return note(`an object ${shortened(address)}`.trim());
            const name = shortened(address) || 'without an address';
            return note(`picture ${name}${attribs['alt'] ? `, “${attribs['alt']}”` : ''}; ${found.reason}`);
          },
        ]),
      ),
    },
  });
}

const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
