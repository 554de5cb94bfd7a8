import sanitize from 'sanitize-html';

// What a notebook's text and tables are made of. No form, frame, object, style element or script.
const TAGS = [
  ...'h1 h2 h3 h4 h5 h6 p blockquote pre code hr br div span a img ul ol li dl dt dd table thead tbody tfoot'.split(
    ' ',
  ),
  ...'tr th td caption b i em strong s del ins sub sup small kbd mark abbr details summary figure figcaption'.split(
    ' ',
  ),
];

/** HTML of a stranger, without what could run, load or cover the page. */
export function safeHtml(html: string): string {
  return sanitize(html, {
    allowedTags: TAGS,
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height'],
      '*': ['align', 'colspan', 'rowspan', 'scope', 'class'],
      details: ['open'],
    },
    // Only what the highlighter writes: a class of the page's own could cover it.
    allowedClasses: { '*': [/^hljs/, /^language-[\w-]+$/] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer' }) },
    exclusiveFilter: (frame) => frame.tag === 'img' && !/^data:image\//.test(frame.attribs['src'] ?? ''),
  });
}
