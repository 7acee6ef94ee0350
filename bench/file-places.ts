import { createHash } from 'node:crypto';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FileUpload } from '@flooim/protocol';
import { callRest } from '@flooim/testkit';

/** A file that is there, and the way to it. */
export interface Arrived {
  way: string;
  /** Of a picture that was looked at. */
  width?: number;
}

/** Somewhere that files go to and come from. */
export interface FilePlace {
  byForm(bytes: Buffer): Promise<Arrived>;
  byTus(bytes: Buffer): Promise<Arrived>;
  /** Reads it to its end and gives its SHA-256, if that is wanted. */
  fetch(way: string, wantsHash?: boolean): Promise<string>;
}

/** Who uploads, and for whom. */
export interface FileUser {
  url: string;
  token: string;
  to: number;
}

const boundary = 'a-boundary';
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a file"\r\n\r\n`;
const tail = `\r\n--${boundary}--\r\n`;

/** Files as clients of ours upload them: an address is asked for before, and what became of them after. */
export function ourFiles({ url, token, to }: FileUser): FilePlace {
  const address = (size: number) =>
    callRest(url, 'fileUploadChat', { file_type: 100, to_id: to, to_type: 1, size }, { token });
  const take = async (bytes: Buffer, send: (upload: FileUpload) => Promise<unknown>) => {
    const upload = await address(bytes.length);
    await send(upload);
    const pass = new URL(upload.upload_url).searchParams.get('upload') ?? '';
    const { width } = await callRest(url, 'fileFinish', { upload: pass });
    return { way: `${upload.download_url}&app_id=flooim&access-token=${token}`, width };
  };
  return {
    byForm: (bytes) =>
      take(bytes, async ({ upload_url }) => {
        const headers = {
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': head.length + bytes.length + tail.length,
        };
        const answer = await text(await send(upload_url, 'POST', headers, [head, bytes, tail]));
        if (answer !== '{"code":200,"data":true}') throw new Error(`the form was refused: ${answer}`);
      }),
    byTus: (bytes) =>
      take(bytes, async ({ resumable_url = '' }) => {
        const headers = {
          'tus-resumable': '1.0.0',
          'upload-length': bytes.length,
          'content-type': 'application/offset+octet-stream',
          'content-length': bytes.length,
        };
        const answer = await send(resumable_url, 'POST', headers, [bytes]);
        if (answer.statusCode !== 201) throw new Error(`the upload was refused: ${await text(answer)}`);
        answer.resume();
      }),
    fetch: read,
  };
}

/** The same at the bare server, which has one way in. */
export function bareFiles(url: string): FilePlace {
  const put = async (bytes: Buffer) => {
    const answer = await send(url, 'PUT', { 'content-length': bytes.length }, [bytes]);
    const [name = ''] = (await text(answer)).split(' ');
    return { way: `${url}/${name}` };
  };
  return { byForm: put, byTus: put, fetch: read };
}

async function read(way: string, wantsHash = false): Promise<string> {
  const hash = createHash('sha256');
  const answer = await send(way, 'GET', {}, []);
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (wantsHash) hash.update(chunk);
  }
  const { statusCode, headers } = answer;
  // Small pictures do not say how long they are.
  const isWhole = size === Number(headers['content-length'] ?? size);
  if (statusCode !== 200 || !isWhole) throw new Error(`${way}: HTTP ${statusCode}, ${size} bytes`);
  return wantsHash ? hash.digest('hex') : '';
}

function send(
  url: string,
  method: string,
  headers: OutgoingHttpHeaders,
  body: readonly (Buffer | string)[],
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false });
    asking.once('response', resolve);
    asking.once('error', reject);
    for (const part of body) asking.write(part);
    asking.end();
  });
}
