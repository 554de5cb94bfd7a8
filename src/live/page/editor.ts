import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentUnit,
  LRLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { parser } from '@lezer/javascript';

/** The editor of a cell. */
export interface Editor {
  root: HTMLElement;
  text(): string;
  set(text: string): void;
  focus(): void;
}

const typescript = LRLanguage.define({ parser: parser.configure({ dialect: 'ts' }) });

/** The colours of `highlight` on every page; see src/notebook/html/style.ts. */
const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.bool, tags.null, tags.self, tags.standard(tags.variableName)],
    color: 'var(--key)',
  },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--string)' },
  { tag: [tags.number, tags.function(tags.definition(tags.variableName))], color: 'var(--number)' },
  { tag: tags.comment, color: 'var(--soft)', fontStyle: 'italic' },
]);

const look = EditorView.theme({
  '&': { fontSize: '0.875rem', backgroundColor: 'transparent', color: 'inherit' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
    lineHeight: '1.5',
  },
  '.cm-content': { padding: '0.75rem 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 1rem' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--link) 28%, transparent)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--link) 22%, transparent)' },
});

/**
 * @param label for screen readers
 * @param does what keys do: Shift+Enter runs and goes on, Ctrl+Enter runs
 */
export function editor(
  text: string,
  label: string,
  does: { changed(): void; run(goOn: boolean): void },
): Editor {
  const run = (goOn: boolean) => () => {
    does.run(goOn);
    return true;
  };
  const extensions = [
    keymap.of([
      { key: 'Shift-Enter', run: run(true) },
      { key: 'Mod-Enter', run: run(false) },
      ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
      ...historyKeymap,
    ]),
    history(),
    drawSelection(),
    bracketMatching(),
    indentUnit.of('  '),
    typescript,
    syntaxHighlighting(colours),
    look,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    EditorView.updateListener.of(({ docChanged }) => {
      if (docChanged) does.changed();
    }),
  ];
  const view = new EditorView({ state: EditorState.create({ doc: text, extensions }) });
  return {
    root: view.dom,
    text: () => view.state.doc.toString(),
    set: (wanted) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } }),
    focus: () => view.focus(),
  };
}
