import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { temporaryFolder } from '@flooim/testkit';
import S3rver from 's3rver';
import type { S3Options } from '../../src/blob/s3-blob-store.ts';
import { type Key, refusal } from './sigv4.ts';

export interface S3Server {
  options: S3Options;
  /** Method, target and what was refused, of every request. */
  log: string[];
  /** How often somebody connected. */
  connections: number;
  close(): Promise<void>;
}

/** The id is one that s3rver knows. */
const key: Key = { id: 'S3RVER', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const bucket = 'chat-files';

/** An S3 server in this process, which believes no request whose signature, time or content is wrong. */
export async function startS3(): Promise<S3Server> {
  const directory = temporaryFolder('flooim-s3');
  const app = new S3rver({ directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: bucket }] });
  mendStore(app.store);
  await app.configureBuckets();
  const handle = app.callback();
  const log: string[] = [];

  /** It verifies no signatures of this version itself. */
  const verified = (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: target = '', headers } = request;
    const code = refusal({ method, target, headers }, key, Date.now());
    log.push(`${method} ${target.split('?')[0]} ${code ?? 'ok'}`);
    if (code) return refuse(response, 403, code);
    if (headers.expect) response.writeContinue();
    handle(request, response);
  };

  const http = createServer(verified).on('checkContinue', verified);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: S3Server = {
    options: {
      endpoint,
      bucket,
      region: 'eu-west-1',
      prefix: 'im/files',
      addressing: 'auto',
      publicEndpoint: endpoint,
      accessKeyId: key.id,
      secretAccessKey: key.secret,
    },
    log,
    connections: 0,
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
      app.logger.exceptions.unhandle();
      app.logger.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  http.on('connection', () => {
    server.connections += 1;
  });
  return server;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

/** s3rver answers before its file is whole, looks at no hash of the content, and is wrong about ranges around 0. */
function mendStore(store: S3rver['store']): void {
  const getObject = store.getObject.bind(store);
  store.getObject = async (bucketName, objectKey, range) => {
    // To be taken for none, a range's end may not be 0; an object is never taken for none.
    const mended = range?.end === 0 ? { ...range, end: Object(0) as number } : range;
    const found = await getObject(bucketName, objectKey, mended);
    // Nothing has no first byte.
    if (found?.range && found.size === 0) found.content = undefined;
    return found;
  };

  store.putObject = async ({ bucket: bucketName, key: objectKey, content, metadata }) => {
    const path = store.getResourcePath(bucketName, objectKey, 'object');
    const unfinished = `${path}.${randomUUID()}`;
    await mkdir(dirname(path), { recursive: true });
    const sha256 = createHash('sha256');
    let size = 0;
    const hashed = async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        sha256.update(piece);
        size += piece.length;
        yield piece;
      }
    };
    await pipeline(content, hashed, createWriteStream(unfinished));
    const sum = sha256.digest('hex');
    const said = content.headers['x-amz-content-sha256'];
    if (said !== undefined && said !== 'UNSIGNED-PAYLOAD' && said !== sum) {
      await rm(unfinished);
      throw Object.assign(new Error('the content is not what was signed'), { status: 400 });
    }
    // As the ETag one hash is as good as another.
    await store.putMetadata(bucketName, objectKey, metadata, sum);
    await rename(unfinished, path);
    return { size, md5: sum };
  };
}
