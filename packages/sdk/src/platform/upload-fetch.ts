import type { SendBytes } from './platform.ts';

/** Tells no progress: nobody knows how much of a body `fetch` has sent. */
export function fetchSendBytes(fetch: typeof globalThis.fetch): SendBytes {
  return async ({ method, url, headers, body, signal }) => {
    const response = await fetch(url, { method, headers, body, signal });
    return {
      status: response.status,
      text: await response.text(),
      header: (name) => response.headers.get(name),
    };
  };
}
