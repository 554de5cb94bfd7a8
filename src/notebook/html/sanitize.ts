import sanitize from 'sanitize-html';

// Elements of text and tables. No form, frame, object, style element or script.
const TAGS = [
  ...'h1 h2 h3 h4 h5 h6 p blockquote pre code hr br div span a img ul ol li dl dt dd table thead tbody tfoot'.split(
    ' ',
  ),
  ...'tr th td caption b i em strong s del ins sub sup small kbd mark abbr details summary figure figcaption'.split(
    ' ',
  ),
];

/** Removes from untrusted HTML whatever could run, load something, or cover the page. */
export function safeHtml(html: string): string {
  return sanitize(html, {
    allowedTags: TAGS,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height'],
      '*': ['align', 'colspan', 'rowspan', 'scope', 'class'],
      details: ['open'],
    },
    // Only the highlighter's classes: one of the page's classes could cover the page.
    allowedClasses: { '*': [/^hljs/, /^language-[\w-]+$/] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer' }) },
    exclusiveFilter: (frame) => frame.tag === 'img' && !/^data:image\//.test(frame.attribs['src'] ?? ''),
  });
}
