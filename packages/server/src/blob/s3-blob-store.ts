import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import type { Config } from '../config.ts';
import type { BlobStore, ObjectFacts, ObjectLink } from './blob-store.ts';
import { S3Connection, type S3Timing } from './s3-connection.ts';
import { S3Error } from './s3-error.ts';
import { objectUrl, type S3Place } from './s3-place.ts';
import { type S3Credentials, S3Signer } from './s3-signer.ts';

export interface S3Options extends S3Place, S3Credentials {
  /** Where clients reach the store; empty: they do not, and there are no links. */
  publicEndpoint: string;
}

const usualTiming: S3Timing = { silenceMs: 30_000, retryMs: 250, clock: Date.now };

/** The store that an operator has set up; only where `s3Bucket` is set. */
export function createS3BlobStore(config: Config): S3BlobStore {
  return new S3BlobStore({
    endpoint: config.s3Endpoint,
    region: config.s3Region,
    bucket: config.s3Bucket,
    prefix: config.s3Prefix,
    addressing: config.s3Addressing,
    accessKeyId: config.s3AccessKeyId,
    secretAccessKey: config.s3SecretAccessKey,
    publicEndpoint: config.s3PublicEndpoint,
  });
}

/** Objects in a bucket of an S3 store. One that is stored is as safe as the store makes it. */
export class S3BlobStore implements BlobStore {
  readonly #connection: S3Connection;
  readonly link?: NonNullable<BlobStore['link']>;
  readonly uploadLink?: NonNullable<BlobStore['uploadLink']>;

  constructor({ accessKeyId, secretAccessKey, publicEndpoint, ...place }: S3Options, timing: Partial<S3Timing> = {}) {
    const signer = new S3Signer({ accessKeyId, secretAccessKey, region: place.region });
    const used = { ...usualTiming, ...timing };
    this.#connection = new S3Connection(place, signer, used);
    if (!publicEndpoint) return;
    const { link, uploadLink } = links({ ...place, endpoint: publicEndpoint }, signer, used.clock);
    this.link = link;
    this.uploadLink = uploadLink;
  }

  async put(object: string, staged: string, { size, type, sha256 }: ObjectFacts): Promise<void> {
    const { size: found } = await stat(staged);
    if (found !== size) throw new Error(`the staged file of ${object} has ${found} bytes, not ${size}`);
    const body = { path: staged, size, sha256 };
    const answer = await this.#connection.send({ method: 'PUT', object, headers: { 'content-type': type }, body });
    answer.resume();
    await rm(staged);
  }

  async read(object: string, range?: { start: number; end: number }): Promise<Readable | undefined> {
    const headers = range && { range: `bytes=${range.start}-${range.end}` };
    try {
      const answer = await this.#connection.send({ method: 'GET', object, headers });
      if (range) checkRange(answer, object, range.start);
      return bodyOf(answer, object);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      if (error.isAbsence) return undefined;
      // A range that begins after the last byte has no bytes.
      if (error.status === 416) return Readable.from([]);
      throw error;
    }
  }

  async remove(object: string): Promise<void> {
    try {
      const answer = await this.#connection.send({ method: 'DELETE', object });
      answer.resume();
    } catch (error) {
      if (!(error instanceof S3Error && error.isAbsence)) throw error;
    }
  }
}

function links(place: S3Place, signer: S3Signer, clock: () => number) {
  return {
    link(object: string, { type, disposition, ttlSec }: ObjectLink): Promise<string> {
      const url = objectUrl(place, object);
      url.searchParams.set('response-content-type', type);
      url.searchParams.set('response-content-disposition', disposition);
      url.searchParams.set('response-cache-control', `private, max-age=${ttlSec}, immutable`);
      return signer.link('GET', url, {}, clock(), ttlSec);
    },

    uploadLink(object: string, { size, ttlSec }: { size: number; ttlSec: number }): Promise<string> {
      const headers = { 'content-length': String(size) };
      return signer.link('PUT', objectUrl(place, object), headers, clock(), ttlSec);
    },
  };
}

/** A store, or a proxy before it, may ignore a range and send everything. */
function checkRange(answer: IncomingMessage, object: string, start: number): void {
  const range = answer.headers['content-range'] ?? 'everything';
  if (answer.statusCode === 206 && range.startsWith(`bytes ${start}-`)) return;
  answer.destroy();
  throw new S3Error(`the S3 store sent ${range} of ${object}, not what was asked for`, { status: answer.statusCode });
}

/** The bytes of an answer; one that breaks off says which object it was. */
function bodyOf(answer: IncomingMessage, object: string): Readable {
  const body = new PassThrough();
  answer.on('error', (cause) => body.destroy(new S3Error(`${object} broke off: ${cause.message}`, { cause })));
  answer.pipe(body);
  body.on('close', () => answer.destroy());
  // Nobody may listen yet when it breaks off; who comes later finds it broken.
  body.on('error', () => {});
  return body;
}
