import type { BytesRequest } from 'flooim';
import { beforeEach, expect, test } from 'vitest';
import type { XhrClass } from '../src/platform/platform.ts';
import { xhrSendBytes } from '../src/platform/upload-xhr.ts';

/** As much of a browser's XMLHttpRequest as an upload uses, with the order that the standard asks for. */
class Xhr {
  static last: Xhr;
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  status = 0;
  responseText = '';
  readonly calls: unknown[][] = [];

  constructor() {
    Xhr.last = this;
  }

  open(...args: unknown[]): void {
    this.calls.push(['open', ...args]);
  }

  setRequestHeader(name: string, value: string): void {
    if (this.calls[0]?.[0] !== 'open') throw new DOMException('not open', 'InvalidStateError');
    this.calls.push([name, value]);
  }

  send(body: unknown): void {
    this.calls.push(['send', body]);
  }

  abort(): void {
    this.onabort?.();
    this.onloadend?.();
  }

  getResponseHeader(name: string): string | null {
    return name === 'upload-offset' ? '5' : null;
  }

  answer(status: number, text: string): void {
    Object.assign(this, { status, responseText: text });
    this.onload?.();
    this.onloadend?.();
  }

  fail(): void {
    this.onerror?.();
    this.onloadend?.();
  }
}

const send = xhrSendBytes(Xhr as unknown as XhrClass);
let abort: AbortController;
beforeEach(() => {
  abort = new AbortController();
});

const request = (more: Partial<BytesRequest> = {}): BytesRequest => ({
  method: 'PATCH',
  url: 'http://a.test/x',
  signal: abort.signal,
  ...more,
});

test('a request goes out whole and its answer comes back', async () => {
  const body = new Blob(['hello']);
  const sent = send(request({ headers: { 'upload-offset': '0' }, body }));
  expect(Xhr.last.calls).toEqual([
    ['open', 'PATCH', 'http://a.test/x'],
    ['upload-offset', '0'],
    ['send', body],
  ]);
  Xhr.last.answer(204, 'text');
  const answer = await sent;
  expect(answer).toMatchObject({ status: 204, text: 'text' });
  expect([answer.header('upload-offset'), answer.header('other')]).toEqual(['5', null]);
});

test('how much of the body is out is told, and asked for only where there is one', async () => {
  const told: number[] = [];
  const progress = (loaded: number) => void told.push(loaded);
  const sent = send(request({ body: new Blob(['hello']), progress }));
  for (const loaded of [2, 5]) Xhr.last.upload.onprogress?.({ loaded });
  Xhr.last.answer(204, '');
  await sent;
  expect(told).toEqual([2, 5]);
  const head = send(request({ method: 'HEAD', progress }));
  expect(Xhr.last.upload.onprogress).toBeNull();
  expect(Xhr.last.calls.at(-1)).toEqual(['send', null]);
  Xhr.last.answer(200, '');
  await head;
});

test('no answer rejects, whatever the reason', async () => {
  const sent = send(request());
  Xhr.last.fail();
  await expect(sent).rejects.toThrow(TypeError);
});

test('the signal stops the request, and is let go of when it is over', async () => {
  const stopped = send(request());
  abort.abort();
  await expect(stopped).rejects.toThrow(TypeError);
  abort = new AbortController();
  const listening = new Set<unknown>();
  const { signal } = abort;
  signal.addEventListener = (_: string, listener: unknown) => void listening.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listening.delete(listener);
  const sent = send(request());
  expect(listening.size).toBe(1);
  Xhr.last.answer(200, '');
  await sent;
  expect(listening.size).toBe(0);
});
