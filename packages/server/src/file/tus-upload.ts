import { limits } from '@flooim/protocol';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { append } from './incoming.ts';
import type { UploadPass } from './passes.ts';
import type { ResumableUploads } from './resumable-uploads.ts';
import type { UploadService } from './upload-service.ts';

interface Parts {
  pass: UploadPass;
  resumables: ResumableUploads;
  uploads: UploadService;
  /** The bytes that the request brings. */
  body: () => AsyncIterable<Buffer>;
}

/** What can be done beside what tus asks of every server. */
export const tusExtensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];

/** The one upload that a pass allows, as tus sees it. Once it is a file, it is whole whoever asks. */
export class TusUpload extends DataStore {
  override extensions = tusExtensions;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    super();
    this.#parts = parts;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { pass, uploads } = this.#parts;
    await uploads.begin(pass, upload.size ?? 0, upload.metadata ?? {});
    return Object.assign(upload, { creation_date: this.#createdAt() });
  }

  override async getUpload(object: string): Promise<Upload> {
    const progress = await this.#parts.uploads.progress(this.#parts.pass);
    if (!progress) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({ id: object, creation_date: this.#createdAt(), ...progress });
  }

  /** What the library reads of a request passes through three streams more than it must: it is taken from the request itself. */
  override async write(nothing: NodeJS.ReadableStream, object: string, offset: number): Promise<number> {
    const { resumables, body } = this.#parts;
    nothing.resume();
    const upload = resumables.get(object);
    if (!upload) return offset;
    const bytes = noted(body(), () => resumables.touch(object));
    return append(resumables.path(object), bytes, { offset, maxBytes: upload.size });
  }

  override async remove(): Promise<void> {
    const { pass, uploads } = this.#parts;
    await uploads.abandon(pass);
  }

  override getExpiration(): number {
    return limits.uploadTtlMs;
  }

  /** It ends with its pass, whenever it began. */
  #createdAt(): string {
    return new Date(this.#parts.pass.expiresAt - limits.uploadTtlMs).toISOString();
  }
}

async function* noted<T>(source: AsyncIterable<T>, note: () => void): AsyncGenerator<T> {
  for await (const piece of source) {
    note();
    yield piece;
  }
}
