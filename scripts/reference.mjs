/**
 * The reference of what a cell can import, from the comments in the sources: writes docs/api.md. Each function's
 * comment must say every parameter, what it returns, and an example, in the order of the other comments.
 *
 * usage: npm run reference -- [--check]     (--check writes nothing and fails when docs/api.md is not up to date)
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Application, ReflectionKind } from 'typedoc';

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

/** @returns {Promise<string>} the page */
async function reference() {
  const out = mkdtempSync(join(tmpdir(), 'convlens-reference-'));
  try {
    const app = await Application.bootstrapWithPlugins({ options: join(root, 'typedoc.json'), out });
    const project = await app.convert();
    if (!project) throw new Error('Cannot write the reference: the sources do not compile, see above.');
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
    await app.generateOutputs(project);
    return readFileSync(join(out, 'README.md'), 'utf8');
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
