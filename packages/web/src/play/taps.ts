import { readFrame } from './decode-frame.ts';
import { note } from './log.ts';

function noteFrame(direction: 'sent' | 'received', data: unknown): void {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  if (!(bytes instanceof Uint8Array)) return;
  const { title, fields } = readFrame(bytes, direction);
  note({ kind: 'frame', direction, title, bytes: bytes.length, detail: fields });
}

/** A WebSocket that notes what goes over it. */
export class TappedSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.addEventListener('open', () => note({ kind: 'frame', title: 'socket open', detail: { url } }));
    this.addEventListener('message', ({ data }) => noteFrame('received', data));
    this.addEventListener('close', ({ code, reason }) =>
      note({ kind: 'frame', title: 'socket closed', detail: { code, reason } }),
    );
  }

  override send(data: Parameters<WebSocket['send']>[0]): void {
    noteFrame('sent', data);
    super.send(data);
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** `fetch` that notes what is asked and answered. */
export const tappedFetch: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input, location.href);
  const method = init?.method ?? 'GET';
  const title = `${method} ${url.pathname}`;
  const asked = typeof init?.body === 'string' ? parsed(init.body) : undefined;
  const startedAt = performance.now();
  note({
    kind: 'rest',
    direction: 'sent',
    title,
    detail: { query: Object.fromEntries(url.searchParams), body: asked },
  });
  const response = await fetch(input, init);
  const ms = Math.round(performance.now() - startedAt);
  response
    .clone()
    .text()
    .then((text) => {
      const detail = { status: response.status, ms, body: parsed(text) };
      note({ kind: 'rest', direction: 'received', title, detail });
    })
    // Whoever asked for it tells of the failure.
    .catch(() => {});
  return response;
};
