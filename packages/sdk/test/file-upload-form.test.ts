import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { download, sha256, someBytes, someFile, uploadTo } from './files.ts';
import { town } from './people.ts';

const { person } = town();

/** The answers to where a file is to go, as a server of another make gives them. */
function addressed(change: (address: Record<string, unknown>) => object) {
  const changing = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init);
    if (!String(input).includes('/file/upload/')) return response;
    const envelope = (await response.json()) as { data: Record<string, unknown> };
    return Response.json({ ...envelope, data: change(envelope.data) });
  };
  return { fetch: changing as typeof fetch };
}

/** A store of files that takes forms, and answers what it is told to. */
async function store() {
  const forms: string[] = [];
  const says = { status: 200, text: '' };
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    forms.push(Buffer.concat(chunks).toString('latin1'));
    response.writeHead(says.status).end(says.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/bucket`, forms, says };
}

const toStore = (upload_url: string) =>
  addressed(({ download_url }) => ({
    upload_url,
    upload_method: 'PUT',
    download_url,
    oss_body_param: { OSSAccessKeyId: 'id', policy: 'p', signature: 's', callback: 'c', key: 'k/ü' },
  }));

test('a server without resumable uploads gets a form', async () => {
  const ada = await person('ada', { platform: addressed(({ resumable_url, ...address }) => address) });
  const bob = await person('bob');
  const told: unknown[] = [];
  const file = someFile(300_000, 'some.bin');
  const result = await uploadTo(ada, bob, { file, processCallback: (res) => void told.push(res) });
  expect(result).toEqual({ url: result.url, name: 'some.bin', type: '', size: 300_000 });
  expect(told).toEqual([{ loaded: 300_000, total: 300_000 }]);
  expect(sha256((await download(ada, result.url)).bytes)).toBe(sha256(someBytes(300_000)));
});

test('the fields of the form come first and the file last', async () => {
  const { url, forms, says } = await store();
  const [ada, bob] = [await person('ada', { platform: toStore(url) }), await person('bob')];
  for (const text of ['{"code":200,"data":true}', '{"Status":"OK"}']) {
    says.text = text;
    await uploadTo(ada, bob, { file: new Blob(['hello']), name: 'a "b".txt' });
    const form = forms.pop() ?? '';
    const fields = [...form.matchAll(/name="(\w+)"/g)].map((match) => match[1]);
    expect(fields).toEqual(['OSSAccessKeyId', 'policy', 'signature', 'callback', 'key', 'file']);
    expect(form).toContain('filename="a %22b%22.txt"');
    expect(form).toMatch(/hello\r\n--.*--\r\n$/);
  }
});

test('only what says that it has the file has it', async () => {
  const { url, says } = await store();
  const [ada, bob] = [await person('ada', { platform: toStore(url) }), await person('bob')];
  for (const text of ['', '<html>', '{}', 'null', '{"code":200,"data":false}', '{"Status":"Error"}']) {
    says.text = text;
    await expect(uploadTo(ada, bob)).rejects.toMatchObject({ code: 'REJECTED', serverCode: undefined });
  }
  says.text = '{"code":10010,"message":"no permission"}';
  await expect(uploadTo(ada, bob)).rejects.toMatchObject({ code: 'REJECTED', serverCode: 10010 });
  Object.assign(says, { status: 500, text: '' });
  await expect(uploadTo(ada, bob)).rejects.toMatchObject({ code: 'NETWORK' });
});

test('a store that cannot be reached ends it', async () => {
  const ada = await person('ada', { platform: toStore('http://127.0.0.1:9/bucket') });
  const bob = await person('bob');
  await expect(uploadTo(ada, bob)).rejects.toMatchObject({ code: 'NETWORK' });
});
