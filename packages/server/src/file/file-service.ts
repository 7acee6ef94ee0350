import { ServerError } from '../error.ts';
import type { FileStore, StoredFile } from './file-store.ts';

interface Parts {
  store: FileStore;
  clock: () => number;
}

/** Files that are there, for those who may read them. */
export class FileService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The file, for somebody who may read it. */
  async open(appId: string, uid: number, object: string): Promise<StoredFile> {
    const found = await this.#parts.store.findFor(appId, object, uid);
    if (!found) throw new ServerError('fileNotFound');
    if (!found.isHis) throw new ServerError('fileForbidden');
    return found.file;
  }

  /** Lets the user send a file that he may read to another conversation. */
  async forward(appId: string, uid: number, object: string, target: number): Promise<void> {
    const { store, clock } = this.#parts;
    const refused = await store.write['file.claim']({ appId, uid, object, target, time: clock() });
    if (refused) throw new ServerError(refused.refused);
  }
}
