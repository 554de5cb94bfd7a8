type Child = Node | string | undefined | false;

/**
 * Makes an element.
 *
 * @param properties set on it; `class` and names with a hyphen are attributes, functions listeners of that event
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Readonly<Record<string, unknown>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (typeof value === 'function') made.addEventListener(key, value as EventListener);
    else if (key === 'class' || key === 'role' || key === 'for' || key.includes('-'))
      made.setAttribute(key, String(value));
    else (made as unknown as Record<string, unknown>)[key] = value;
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

/** A button with a label for those who do not see its sign. */
export function button(text: string, onClick: () => unknown, properties: Record<string, unknown> = {}) {
  return element('button', { type: 'button', click: onClick, ...properties }, text);
}
