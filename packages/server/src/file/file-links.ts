import type { FileLink, FileUpload } from '@flooim/protocol';
import { type Door, doorOf } from '../dns/door.ts';
import { isAvatar, type Passes, type UploadPass } from './passes.ts';

/** The addresses of files, as clients reach this server. */
export class FileLinks {
  readonly #passes: Passes;
  readonly #publicUrl: string;

  constructor(passes: Passes, publicUrl: string) {
    this.#passes = passes;
    this.#publicUrl = publicUrl;
  }

  upload(pass: UploadPass, asked: Door): FileUpload {
    const upload = this.#passes.uploads.write(pass);
    return {
      upload_url: `${this.#door(asked)}/file/upload?upload=${upload}`,
      upload_method: 'POST',
      download_url: this.download(pass.object, isAvatar(pass), asked),
      oss_body_param: {},
      resumable_url: this.resumable(upload, asked),
    };
  }

  /** `upload`: the pass as it is written. */
  resumable(upload: string, asked: Door): string {
    return `${this.#door(asked)}/file/resumable?upload=${upload}`;
  }

  /** Deployed clients append parameters to it, and cut out what comes after `sign=`. */
  download(object: string, isAvatar: boolean, asked: Door): string {
    const door = this.#door(asked);
    return isAvatar
      ? `${door}/file/download/avatar?object_name=${object}`
      : `${door}/file/download/chat?file_sign=${object}`;
  }

  signed(
    pass: Parameters<Passes['links']['write']>[0],
    { isAvatar, save }: { isAvatar: boolean; save: boolean },
    asked: Door,
  ): FileLink {
    const url = new URL(this.download(pass.object, isAvatar, asked));
    url.searchParams.set('signed', this.#passes.links.write(pass));
    if (save) url.searchParams.set('save', 'true');
    return { url: url.href, expires_at: pass.expiresAt };
  }

  #door(asked: Door): string {
    const { protocol, host } = doorOf(this.#publicUrl, asked);
    return `${protocol}://${host}`;
  }
}
