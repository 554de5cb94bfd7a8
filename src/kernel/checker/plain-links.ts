interface Part {
  kind: string;
  text: string;
}

/** What TypeScript's `getQuickInfoAtPosition` returns, as far as its comment goes. */
export interface QuickInfo {
  documentation?: Part[];
  tags?: { name: string; text?: Part[] }[];
}

/** The info with `{@link name}` as the plain name: tslab would print its braces, and each piece on a line of its own. */
export function plainLinks<Info extends QuickInfo>(info: Info): Info {
  const plain = (parts: Part[] = []): Part[] => {
    const plainText = ({ kind, text }: Part) =>
      kind === 'link' ? '' : kind === 'linkText' ? text.trim() : text;
    const text = parts.map(plainText).join('');
    return text ? [{ kind: 'text', text }] : [];
  };
  return {
    ...info,
    documentation: plain(info.documentation),
    tags: (info.tags ?? []).map((tag) => ({ ...tag, text: plain(tag.text) })),
  };
}
