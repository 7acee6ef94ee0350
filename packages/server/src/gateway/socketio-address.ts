import type { Manners } from './socketio-door.ts';

export const socketIoPath = '/socket.io/';

/** Engine.IO's words for why an address is refused. */
const refusals = {
  transportUnknown: { code: 0, message: 'Transport unknown' },
  /** It is no upgrade of a session that began otherwise: here none does. */
  sessionUnknown: { code: 1, message: 'Session ID unknown' },
  versionUnsupported: { code: 5, message: 'Unsupported protocol version' },
} as const;

export interface Refusal {
  refusal: { code: number; message: string };
}

/** What a client says of itself in an address of the Socket.IO door, or what is wrong with it. */
export function mannersOf(url: string): Manners | Refusal {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  if (query.get('transport') !== 'websocket') return { refusal: refusals.transportUnknown };
  if (query.has('sid')) return { refusal: refusals.sessionUnknown };
  const version = Number(query.get('EIO'));
  if (version !== 3 && version !== 4) return { refusal: refusals.versionUnsupported };
  return { version, base64: query.has('b64') };
}
