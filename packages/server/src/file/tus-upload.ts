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

/** The one upload that a pass allows, as tus sees it. Once it is a file, it is whole whoever asks. */
export class TusUpload extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
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
    try {
      return await append(resumables.path(object), body(), { offset, maxBytes: upload.size });
    } finally {
      resumables.touch(object);
    }
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
