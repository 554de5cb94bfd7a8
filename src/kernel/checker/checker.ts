import { pathToFileURL } from 'node:url';
import type {
  Completeness,
  Completion,
  Completions,
  Declarations,
  Declared,
  Diagnostic,
  ParsedCell,
} from '../answers/answer-types';
import { completenessOf, offsetOf } from '../answers/completeness';
import { completionsOf, type Item, nameBegun, typeOf } from '../answers/completions';
import { diagnosticOf, type Found, NO_MODULE, plainText, withAdvice } from '../answers/diagnostics';
import { hoverText, signatureText } from '../answers/documentation';
import { closesTag, opensTag } from '../answers/jsx';
import { exportsBeside, type Importable } from '../exports-beside';
import { LocalFiles } from '../local-files';
import { cellModule, LINES_BEFORE } from './cell-module';
import { LanguageServer } from './language-server';
import { Project } from './project';

const ERROR = 1;
const CREATED = 1;
const CHANGED = 2;
/** Code that ends inside of a string literal, where no name can follow. */
const IN_STRING = /(['"`])[^'"`\n]*$/;

/** Checks the cells of one notebook with TypeScript's language server. Its questions are answered one after another. */
export class Checker {
  private readonly project: Project;
  private readonly local: LocalFiles;
  private server: LanguageServer;
  private readonly opened = new Map<string, number>();
  /** Whether the last cell did not find a module, which may have been installed since. */
  private missing = false;
  private cells = 0;
  /** What convlens exports, once that was asked for. */
  private exported: Item[] | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private crashed = false;

  /** @param folder the notebook's */
  constructor(private readonly folder = process.cwd()) {
    this.project = new Project(folder);
    this.local = new LocalFiles(folder, this.project.user);
    this.server = this.start();
  }

  /**
   * Checks a cell, and the user's own files that it imports.
   *
   * @param parsed nothing when its code cannot be parsed
   */
  check(declared: Declarations, code: string, parsed?: ParsedCell): Promise<Diagnostic[]> {
    return this.inTurn(async () => {
      const again = this.missing;
      const found = await this.checkOnce(declared, code, parsed);
      // It may have been installed, or written, just now.
      return this.missing && !again ? this.checkOnce(declared, code, parsed) : found;
    });
  }

  private async checkOnce(declared: Declarations, code: string, parsed?: ParsedCell): Promise<Diagnostic[]> {
    this.lookAround();
    const uri = this.open(this.moduleOf(code, declared, parsed), parsed?.jsx ?? closesTag(code));
    const local = this.local.importedBy(code).filter((file) => !file.endsWith('.json'));
    const uris = [uri, ...local.map((file) => pathToFileURL(file).href)];
    const all = await Promise.all(uris.map((each) => this.diagnose(each)));
    const own = all[0]!.filter(({ range }) => range.start.line >= LINES_BEFORE);
    const inCell: Diagnostic[] = [];
    for (const each of own) inCell.push(await this.inCell(each, declared));
    const inFiles = local.flatMap((file, i) =>
      all[i + 1]!.map((each) => diagnosticOf(each, { file, project: this.project.folder })),
    );
    const found = [...inCell, ...inFiles];
    this.missing = found.some(({ code: number }) => NO_MODULE.has(number));
    return found;
  }

  /** Keeps a cell that has run, for later ones. @param count its number */
  keep(declared: Declarations, code: string, parsed: ParsedCell, count: number): Declarations {
    if (parsed.names.length === 0 && !parsed.augments) return declared;
    const name = `cell_${this.cells++}_${count}`;
    this.change(
      this.project.write(`${name}.${parsed.jsx ? 'tsx' : 'ts'}`, this.moduleOf(code, declared, parsed, true)),
      CREATED,
    );
    const module = `./${name}`;
    const added: [string, Declared][] = parsed.names.map((one) => [one.name, { ...one, module }]);
    if (parsed.augments)
      added.push([parsed.augments, { module, kind: 'type', what: 'module', augments: true }]);
    return new Map([...declared, ...added]);
  }

  /** Checks a module that a cell defines, and keeps it. @param name without extension */
  async define(name: string, code: string): Promise<Diagnostic[]> {
    const found = await this.check(new Map(), code, { names: [], exported: [], augments: '', jsx: false });
    this.change(this.project.write(`${name}.ts`, code), CREATED);
    return found;
  }

  complete(declared: Declarations, code: string, cursor: number): Promise<Completions> {
    return this.inTurn(async () => {
      this.lookAround();
      const begun = nameBegun(code, cursor);
      const may = (name: string) => begun !== undefined && name.toLowerCase().startsWith(begun.toLowerCase());
      const text = cellModule(code, declared, undefined, [...declared.keys()].filter(may));
      const uri = this.open(text, closesTag(code));
      const answer = await this.server.ask('textDocument/completion', at(uri, code, cursor));
      const found = completionsOf(answer?.items ?? answer ?? [], code, cursor);
      if (begun === undefined) return found;
      // An import hides what was imported.
      const whatOf = (item: Completion) => declared.get(item.text)?.what ?? item.type;
      const items = found.items.map((item) => ({ ...item, type: whatOf(item) }));
      const known = new Set(items.map(({ text }) => text));
      const more = begun && !IN_STRING.test(code.slice(0, cursor)) ? [...(await this.importable())] : [];
      for (const [text, { type }] of more) {
        if (text.startsWith(begun) && !known.has(text)) items.push({ text, type });
      }
      return { ...found, items };
    });
  }

  /** The documentation of the name at the cursor, or inside a call the function's signature; as text. */
  inspect(declared: Declarations, code: string, cursor: number): Promise<string | null> {
    return this.inTurn(async () => {
      this.lookAround();
      const uri = this.open(cellModule(code, declared), closesTag(code));
      // A cursor right after a name means the name.
      const behind = /[\p{ID_Continue}$]/u.test(code[cursor - 1] ?? '');
      for (const place of behind ? [cursor, cursor - 1] : [cursor]) {
        const hover = await this.server.ask('textDocument/hover', at(uri, code, place));
        if (hover) return plainText(hoverText(hover.contents.value));
      }
      const help = await this.server.ask('textDocument/signatureHelp', at(uri, code, cursor));
      return help ? plainText(signatureText(help)) : null;
    });
  }

  isComplete(code: string): Promise<Completeness> {
    return this.inTurn(async () => {
      const answer = async (jsx: boolean) => {
        const found = await this.diagnose(this.open(`\n${code}`, jsx));
        const places = found.map(({ code: number, range: { start } }) => ({
          code: number,
          start: offsetOf(code, start.line - LINES_BEFORE, start.character),
        }));
        return completenessOf(code, places);
      };
      const plain = await answer(false);
      return plain.status !== 'complete' && opensTag(code) ? answer(true) : plain;
    });
  }

  /** Packages may have been installed. */
  packagesChanged(): void {
    this.missing = true;
  }

  /** Ends the check in progress. @param reason its error */
  cancel(reason: Error): void {
    this.server.kill(reason.message);
    this.server = this.start();
  }

  stop(): void {
    this.server.kill('it was stopped');
    this.project.remove();
  }

  private moduleOf(code: string, declared: Declarations, parsed?: ParsedCell, kept = false): string {
    const { jsxFactory = 'h', jsxFragmentFactory = 'Fragment' } = this.project.user.options;
    const roots = [jsxFactory, jsxFragmentFactory].map((name) => String(name).split('.')[0]!);
    return cellModule(code, declared, parsed, parsed?.jsx ? roots : [], kept);
  }

  private start(): LanguageServer {
    this.opened.clear();
    const server = new LanguageServer(this.project.folder, () => {
      // A question that ends it twice would end it again and again; the next question may be another one.
      this.crashed = true;
      this.server = this.start();
    });
    this.server = server;
    // Reads the types of Node and of convlens while the kernel starts.
    this.open('');
    return server;
  }

  /** Asks again, once, when the server has ended by itself meanwhile. */
  private inTurn<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.last.then(async () => {
      this.crashed = false;
      try {
        return await question();
      } catch (error) {
        if (!this.crashed) throw error;
        return await question();
      }
    });
    this.last = answer.catch(() => {});
    return answer;
  }

  /** Tells the server of the user's files that were edited, and of packages that may have been installed. */
  private lookAround() {
    for (const file of this.local.edited()) this.change(file, CHANGED);
    if (!this.missing) return;
    this.missing = false;
    this.project.writeConfig();
    this.change(this.project.config, CHANGED);
  }

  private change(file: string, type: number) {
    const changes = [{ uri: pathToFileURL(file).href, type }];
    this.server.tell('workspace/didChangeWatchedFiles', { changes });
  }

  /** Puts text into the file that is checked. @returns its address */
  private open(text: string, jsx = false): string {
    const uri = pathToFileURL(this.project.file(jsx ? 'now.tsx' : 'now.ts')).href;
    const version = (this.opened.get(uri) ?? 0) + 1;
    this.opened.set(uri, version);
    if (version === 1) {
      const languageId = jsx ? 'typescriptreact' : 'typescript';
      this.server.tell('textDocument/didOpen', { textDocument: { uri, languageId, version, text } });
    } else {
      this.server.tell('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    }
    return uri;
  }

  private async diagnose(uri: string): Promise<Found[]> {
    const { items } = await this.server.ask('textDocument/diagnostic', { textDocument: { uri } });
    const errors = (items as Found[]).filter(({ severity }) => severity === ERROR);
    // The same error can be found in several ways.
    const keys = errors.map(({ range, code, message }) => JSON.stringify([range, code, message]));
    return errors.filter((_, i) => keys.indexOf(keys[i]!) === i);
  }

  /** A diagnostic of the cell; for a missing name with the import that brings it, or with the name that was meant. */
  private async inCell(found: Found, declared: Declarations): Promise<Diagnostic> {
    const { folder } = this;
    const diagnostic = diagnosticOf(found, { folder, project: this.project.folder, before: LINES_BEFORE });
    return { ...diagnostic, message: await withAdvice(diagnostic, declared, () => this.importable()) };
  }

  /** Names that a cell could import: what convlens exports, and files beside the notebook. */
  private async importable(): Promise<Map<string, Importable>> {
    if (!this.exported) {
      const code = "import {  } from 'convlens';";
      const uri = this.open(`\n${code}`);
      const answer = await this.server.ask('textDocument/completion', at(uri, code, 'import { '.length));
      this.exported = answer?.items ?? answer ?? [];
    }
    const all = new Map(
      this.exported!.map((item) => [item.label, { module: 'convlens', type: typeOf(item) }]),
    );
    for (const [name, found] of exportsBeside(this.folder)) if (!all.has(name)) all.set(name, found);
    return all;
  }
}

/** @param cursor UTF-16 units into the code of the cell */
function at(uri: string, code: string, cursor: number): object {
  const lines = code.slice(0, cursor).split('\n');
  const position = { line: lines.length - 1 + LINES_BEFORE, character: lines.at(-1)!.length };
  return { textDocument: { uri }, position };
}
