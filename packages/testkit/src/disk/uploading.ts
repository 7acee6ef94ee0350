import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '@flooim/protocol';
import { callRest, RestRefused } from '../rest.ts';
import type { SeededUser } from '../seed-users.ts';

/** Somebody who uploads one file after the other, through whatever happens. */
export class Uploading {
  /** SHA-256, in hex, by object, of what the server said it keeps. */
  readonly kept = new Map<string, string>();
  /** What it said to the others, which had to be told that there is no room. */
  readonly untyped: string[] = [];
  refused = 0;
  readonly #url: string;
  readonly #from: SeededUser;
  readonly #to: SeededUser;
  #going = true;
  #count = 0;
  #loop: Promise<void> | undefined;

  constructor(url: string, from: SeededUser, to: SeededUser) {
    this.#url = url;
    this.#from = from;
    this.#to = to;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#loop;
  }

  /** Of what the server said it keeps, what the data folder does not have whole. */
  async missing(data: string): Promise<string[]> {
    const db = new DatabaseSync(join(data, 'flooim.db'), { readOnly: true, timeout: 20_000 });
    const rows = new Set(
      db
        .prepare('SELECT object FROM file')
        .all()
        .map(({ object }) => object),
    );
    db.close();
    const missing: string[] = [];
    for (const [object, sha256] of this.kept) {
      const found = await hashOf(join(data, 'files', object.slice(0, 2), object)).catch(() => 'nothing');
      if (!rows.has(object) || found !== sha256) missing.push(object);
    }
    return missing;
  }

  async #run(): Promise<void> {
    for (; this.#going; await sleep(20)) {
      try {
        await this.#upload();
      } catch (error) {
        if (error instanceof RestRefused) this.#refusal(error.message);
        // Otherwise the server was not there.
      }
    }
  }

  async #upload(): Promise<void> {
    const { token } = this.#from;
    const asked = { file_type: 100, to_id: this.#to.uid };
    const { upload_url, download_url } = await callRest(this.#url, 'fileUploadChat', asked, { token });
    const bytes = Buffer.alloc(64 * 1024, `${++this.#count} `);
    const form = new FormData();
    form.append('file', new Blob([bytes]), 'a.bin');
    const answer = await fetch(upload_url, { method: 'POST', body: form });
    const { code, message = '' } = (await answer.json()) as { code: number; message?: string };
    if (code !== 200) return this.#refusal(message);
    const object = download_url.slice(download_url.lastIndexOf('=') + 1);
    this.kept.set(object, createHash('sha256').update(bytes).digest('hex'));
  }

  #refusal(message: string): void {
    this.refused++;
    if (!message.includes(errors.storageFull.text)) this.untyped.push(`an upload: ${message}`);
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
