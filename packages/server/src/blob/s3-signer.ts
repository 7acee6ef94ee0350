import { AwsV4Signer } from 'aws4fetch';

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** How long a link can work, by the protocol: a week. */
const maxTtlSec = 604_800;

/** Signs requests to an S3 store, by AWS Signature Version 4. */
export class S3Signer {
  readonly #with: S3Credentials & { service: string; cache: Map<string, ArrayBuffer> };

  constructor({ accessKeyId, secretAccessKey, region }: S3Credentials) {
    this.#with = { accessKeyId, secretAccessKey, region, service: 's3', cache: new Map() };
  }

  /** These headers, and what makes the request a signed one; `x-amz-content-sha256` has to be among them. */
  async headers(
    method: string,
    url: URL,
    headers: Record<string, string>,
    timeMs: number,
  ): Promise<Record<string, string>> {
    const signer = this.#signer(method, url, headers, timeMs);
    const signed = await signer.sign();
    return { host: url.host, ...Object.fromEntries(signed.headers) };
  }

  /** An address that needs no credentials; whoever uses it has to send the same headers. */
  async link(method: string, url: URL, headers: Record<string, string>, timeMs: number, ttlSec: number) {
    if (!(Number.isInteger(ttlSec) && ttlSec >= 1 && ttlSec <= maxTtlSec))
      throw new RangeError(`a link cannot work for ${ttlSec} s`);
    const asked = new URL(url);
    asked.searchParams.set('X-Amz-Expires', String(ttlSec));
    const signed = await this.#signer(method, asked, headers, timeMs, true).sign();
    // A space that is written as a plus is a plus to some stores.
    signed.url.search = signed.url.search.replaceAll('+', '%20');
    return signed.url.href;
  }

  #signer(method: string, url: URL, headers: Record<string, string>, timeMs: number, signQuery = false): AwsV4Signer {
    const datetime = new Date(timeMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
    return new AwsV4Signer({ ...this.#with, method, url: url.href, headers, datetime, signQuery, allHeaders: true });
  }
}
