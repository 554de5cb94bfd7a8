/**
 * The reference of what a cell can import, from the comments in the sources: writes docs/api.md. Each function's
 * comment must say every parameter, what it returns, and an example, in the order of the other comments. The table of
 * contents has the groups of the README.
 *
 * usage: npm run reference -- [--check]     (--check writes nothing and fails when docs/api.md is not up to date)
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Application, Converter, ReflectionKind } from 'typedoc';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs', 'api.md');
const ORDER = ['@returns', '@throws', '@example'];

/** What a function's comment lacks, one line each. */
function gaps({ comment, name, parameters = [], type }) {
  const tags = (comment?.blockTags ?? []).filter(({ tag }) => ORDER.includes(tag));
  const places = tags.map(({ tag }) => ORDER.indexOf(tag));
  const said = (parameter) => parameter.comment?.hasVisibleComponent();
  const inside = parameters.flatMap((p) =>
    p.type.type === 'reflection' ? (p.type.declaration.children ?? []) : [],
  );
  return [
    ...[...parameters, ...inside].filter((parameter) => !said(parameter)).map((p) => `@param ${p.name}`),
    ...(type.toString() === 'void' || places.includes(0) ? [] : ['@returns']),
    ...(tags.some(({ tag, typeAnnotation }) => tag === '@throws' && !typeAnnotation)
      ? ['the class of @throws']
      : []),
    ...(places.includes(2) ? [] : ['@example']),
    ...(places.some((place, i) => place < places[i - 1]) ? [`the order ${ORDER.join(', ')}`] : []),
  ].map((what) => `${name}: its comment lacks ${what}`);
}

/** Of a class of errors only its own words count; what every error has is left out. */
function leaveOutInherited(project) {
  for (const error of project.getReflectionsByKind(ReflectionKind.Class)) {
    for (const child of [...error.children])
      if (child.inheritedFrom || child.overwrites) project.removeReflection(child);
    delete error.groups;
  }
}

/** Which error is thrown stands in braces in a comment, and before the words on the page. */
function nameErrors({ comment }) {
  for (const tag of comment?.blockTags ?? []) {
    if (tag.tag !== '@throws' || !tag.typeAnnotation) continue;
    tag.content.unshift(
      { kind: 'code', text: `\`${tag.typeAnnotation.slice(1, -1)}\`` },
      { kind: 'text', text: ' ' },
    );
  }
}

/** Every union in a type, at any depth. */
function unionsOf(type) {
  if (!type) return [];
  const inside = [...(type.types ?? []), ...(type.typeArguments ?? []), type.elementType].flatMap(unionsOf);
  return type.type === 'union' ? [type, ...inside] : inside;
}

/** The members of a union stand as the source writes them: the compiler's order changes with unrelated imports. */
function orderUnions(context) {
  for (const reflection of Object.values(context.project.reflections)) {
    const symbol = [reflection, reflection.parent]
      .map((one) => one && context.getSymbolFromReflection(one))
      .find(Boolean);
    const text = symbol?.declarations?.[0]?.getText() ?? '';
    const at = (member) =>
      text.indexOf(member.type === 'literal' ? `'${member.value}'` : (member.name ?? `${member}`));
    for (const { types } of unionsOf(reflection.type))
      if (types.every((member) => at(member) >= 0)) types.sort((a, b) => at(a) - at(b));
  }
}

/** The parameters whose type is an interface of options, such as `MatshowOptions`. */
const optionsOf = (signatures) =>
  signatures
    .flatMap(({ parameters = [] }) => parameters)
    .filter(({ type }) => type.type === 'reference' && /Options$/.test(type.name) && type.reflection);

/** The plugin then lists each option beside the parameter, as it does for an object without a name. */
function listOptions(parameter) {
  const { children } = parameter.type.reflection;
  parameter.type.declaration = { kind: ReflectionKind.TypeLiteral, children };
}

/**
 * The page with what it lists beside a function left out elsewhere: links to options lead to their first function.
 *
 * @param {string} text the page
 * @param {readonly string[]} names interfaces of options
 */
function withoutOptions(text, names) {
  let page = text;
  for (const name of names) {
    const anchor = `<a id="${name.toLowerCase()}"></a>`;
    // A section ends at the line before the next one, the last of a group at the next group.
    const section = new RegExp(`${anchor}\n\n### ${name}\n[\\s\\S]*?\n(?:\\*\\*\\*\n\n|(?=## ))`);
    const row = ['options?', 'options']
      .map((word) => `| \`${word}\` | [\`${name}\`]`)
      .find((one) => page.includes(one));
    if (!section.test(page) || !row)
      throw new Error(`Cannot write the reference: ${name} has no section, or no function takes it.`);
    page = page.replace(section, '').replace(row, `| ${anchor} ${row.slice(2)}`);
  }
  return page;
}

/** The names under each heading of the README's part "In a cell", then the types. */
function contents(text) {
  const link = (name, anchor = name.toLowerCase()) => `[\`${name}\`](#${anchor})`;
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const part = /^## In a cell$([\s\S]*?)^## /m.exec(readme)[1];
  const groups = part.split(/^### /m).slice(1);
  const lines = groups.map((group) => {
    const names = [...group.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => link(name));
    return `- ${group.split('\n')[0]}: ${names.join(', ')}`;
  });
  const types = text.slice(text.indexOf('## Interfaces'), text.indexOf('## Classes'));
  const names = [...types.matchAll(/^<a id="([^"]+)"><\/a>\n\n### (\w+)$/gm)].map(([, anchor, name]) =>
    link(name, anchor),
  );
  return ['## Contents', '', ...lines, `- Types: ${names.join(', ')}`, ''].join('\n');
}

/** @returns {Promise<string>} the page */
async function reference() {
  const out = mkdtempSync(join(tmpdir(), 'convlens-reference-'));
  try {
    const app = await Application.bootstrapWithPlugins({ options: join(root, 'typedoc.json'), out });
    app.converter.on(Converter.EVENT_END, orderUnions);
    const project = await app.convert();
    if (!project) throw new Error('Cannot write the reference: typedoc failed as shown above.');
    leaveOutInherited(project);
    app.validate(project);
    const exported = project
      .getReflectionsByKind(ReflectionKind.CallSignature)
      .filter(({ parent }) => parent.kind === ReflectionKind.Function || parent.parent.name === 'Figure');
    const lacking = exported.flatMap(gaps);
    exported.forEach(nameErrors);
    for (const line of lacking) console.error(line);
    if (lacking.length || app.logger.hasErrors() || app.logger.hasWarnings())
      throw new Error('Cannot write the reference: comments are missing, as said above.');
    const options = optionsOf(exported);
    options.forEach(listOptions);
    await app.generateOutputs(project);
    const text = readFileSync(join(out, 'README.md'), 'utf8');
    const page = withoutOptions(text, [...new Set(options.map(({ type }) => type.name))]);
    return page.replace('## Functions', `${contents(page)}\n## Functions`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

try {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const text = await reference();
  if (!values.check) writeFileSync(page, text);
  else if (readFileSync(page, 'utf8') !== text)
    throw new Error('docs/api.md is not what the comments say: run npm run reference.');
  console.log(values.check ? 'docs/api.md is up to date' : 'wrote docs/api.md');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
