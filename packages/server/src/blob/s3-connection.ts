import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRefusal, S3Error } from './s3-error.ts';
import { exchange } from './s3-exchange.ts';
import { objectUrl, type S3Place } from './s3-place.ts';
import type { S3Signer } from './s3-signer.ts';

/** A connection that is used no more is closed; stores close theirs later. */
const idleMs = 4000;
/** Tries of one request, the first one included. */
const tries = 4;
const sha256OfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export interface S3Request {
  method: 'GET' | 'PUT' | 'DELETE';
  object: string;
  headers?: Record<string, string>;
  body?: { path: string; size: number; sha256: Uint8Array };
}

export interface S3Timing {
  /** How long the store may say nothing while something is expected of it. */
  silenceMs: number;
  /** Before the second try; then twice as long each time. */
  retryMs: number;
  clock: () => number;
}

/** Signed requests for objects, repeated while the store has a bad moment. */
export class S3Connection {
  readonly #place: S3Place;
  readonly #signer: S3Signer;
  readonly #timing: S3Timing;
  readonly #agent: http.Agent;

  constructor(place: S3Place, signer: S3Signer, timing: S3Timing) {
    const { Agent } = place.endpoint.startsWith('http:') ? http : https;
    this.#place = place;
    this.#signer = signer;
    this.#timing = timing;
    this.#agent = new Agent({ keepAlive: true, timeout: idleMs });
  }

  /** Resolves with the head of a success, whose body has to be read or destroyed; an `S3Error` for all else. */
  async send(request: S3Request): Promise<http.IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(request);
      } catch (error) {
        if (attempt === tries || !(error instanceof S3Error && error.isPassing)) throw error;
      }
      await sleep(this.#timing.retryMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }

  async #try({ method, object, headers, body }: S3Request): Promise<http.IncomingMessage> {
    const { silenceMs, clock } = this.#timing;
    const url = objectUrl(this.#place, object);
    const what = `${method} ${object}`;
    const ofBody = {
      'x-amz-content-sha256': body ? Buffer.from(body.sha256).toString('hex') : sha256OfNothing,
      ...(body && { 'content-length': String(body.size) }),
    };
    const signed = await this.#signer.headers(method, url, { ...headers, ...ofBody }, clock());
    const answer = await exchange({ what, method, url, headers: signed, body, agent: this.#agent, silenceMs });
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    throw await readRefusal(what, answer);
  }
}
