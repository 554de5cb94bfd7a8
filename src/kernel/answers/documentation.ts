interface Help {
  signatures: {
    label: string;
    documentation?: { value: string } | string;
    parameters?: { label: string | [number, number]; documentation?: { value: string } | string }[];
    activeParameter?: number;
  }[];
  activeSignature?: number;
  activeParameter?: number;
}

/** The signature of a call, with the parameter at hand below it. */
export function signatureText({ signatures, activeSignature = 0, activeParameter = 0 }: Help): string {
  const signature = signatures[activeSignature];
  if (!signature) return '';
  const at = signature.activeParameter ?? activeParameter;
  const parameter = signature.parameters?.[at];
  const lines = [signature.label];
  if (signatures.length > 1) lines[0] += ` (${activeSignature + 1} of ${signatures.length})`;
  if (parameter) {
    const { label } = parameter;
    const name = typeof label === 'string' ? label : signature.label.slice(...label);
    const what = textOf(parameter.documentation);
    lines.push('', `parameter ${at + 1}: ${name}${what && ` - ${what}`}`);
  }
  const documentation = textOf(signature.documentation);
  if (documentation) lines.push('', documentation);
  return lines.join('\n');
}

function textOf(documentation: { value: string } | string | undefined): string {
  return (typeof documentation === 'object' ? documentation.value : (documentation ?? '')).trim();
}

/** Documentation as plain text: the server writes Markdown, with tags such as *@param* in it. */
export function hoverText(markdown: string): string {
  const text = markdown
    .replace(/^```\w*\n([\s\S]*?)\n```\n?/, '$1\n\n')
    .replace(/^```\w*\n([\s\S]*?)\n```$/gm, (_, code) => code.replace(/^/gm, '    '))
    .replace(/^\*?@(\w+)\*?(?: `([^`]+)`)?( — | )?/gm, (_, tag, name, more) =>
      [`@${tag}`, ...(name ? [name] : []), ...(more ? [''] : [])].join(' '),
    )
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\n{2,}(?=@)/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
  return text.trim();
}
