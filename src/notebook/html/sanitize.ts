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
];

/** Elements that show something, and what a reader is told in their place. */
const LEFT_OUT = {
  ...{ script: 'a script', iframe: 'a frame', object: 'an object', embed: 'an object', video: 'a video' },
  ...{ audio: 'a sound', canvas: 'a drawing', svg: 'an SVG drawing', applet: 'an applet' },
  ...{ input: 'an input', textarea: 'an input', button: 'a button', select: 'a menu' },
};

/** A note where something is missing. */
const note = (text: string) => ({
  tagName: 'em',
  attribs: { class: 'left-out' },
  text: `(left out: ${text})`,
});

/**
 * Removes from untrusted HTML whatever could run, load something, or cover the page, and says so in its place.
 *
 * @param picture finds what an `<img>` shows
 */
export function safeHtml(html: string, picture: (source: string) => Found): string {
  return sanitize(html, {
    allowedTags: TAGS,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height'],
      '*': ['align', 'colspan', 'rowspan', 'scope', 'class'],
      details: ['open'],
    },
    // Only the highlighter's classes: one of the page's classes could cover the page.
    allowedClasses: { '*': [/^hljs/, /^language-[\w-]+$/, 'left-out'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    transformTags: {
      ...Object.fromEntries(Object.entries(LEFT_OUT).map(([tag, what]) => [tag, () => note(what)])),
      a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer' }),
      img(tagName, attribs) {
        const { src = '', alt } = attribs;
        const found = picture(src.trim());
        if ('url' in found) return { tagName, attribs: { ...attribs, src: found.url } };
        const name = src.length > 100 ? `${src.slice(0, 100)}…` : src;
        return note(`picture ${name || 'without an address'}${alt ? `, “${alt}”` : ''}; ${found.reason}`);
      },
    },
  });
}
