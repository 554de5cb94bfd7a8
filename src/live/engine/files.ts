import { ModelError, PictureError } from '../../errors';
import type { Model } from '../../keras/model';
import { unpackModel } from '../model/unpack-model';
import type { EmbeddedFile } from '../notebook-messages';

/** The files that a notebook's page carries. */
export class Files {
  private readonly byPath: ReadonlyMap<string, EmbeddedFile>;

  constructor(files: readonly EmbeddedFile[]) {
    this.byPath = new Map(files.map((file) => [normal(file.path), file]));
  }

  /**
   * @param Failure the class of the error
   * @throws {Error} when the page has no such file, with the names of those that it has
   */
  bytes(path: string, Failure: new (message: string) => Error = PictureError): Uint8Array {
    const file = this.find(path, Failure);
    if ('bytes' in file) return file.bytes;
    throw new Failure(`Cannot read ${path}: in this page it is a model. Load it with loadModel.`);
  }

  async model(path: string): Promise<Model> {
    const file = this.find(path, ModelError);
    if ('model' in file) return unpackModel(path, file.model);
    throw new ModelError(`Cannot load ${path}: in this page it is no model. Give an .h5 or a .keras file.`);
  }

  has(path: string): boolean {
    return this.byPath.has(normal(path));
  }

  private find(path: string, Failure: new (message: string) => Error): EmbeddedFile {
    const file = this.byPath.get(normal(path));
    if (file) return file;
    const names = [...this.byPath.keys()].join(', ') || 'none';
    throw new Failure(
      `Cannot load ${path}: this page does not carry it. Its files: ${names}. Make the page with --embed ${path}.`,
    );
  }
}

/** A relative path without `.` and, as far as it can be, without `..`; two spellings of a file are one. */
export const normal = (path: string) => {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..' && parts.length && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
};
