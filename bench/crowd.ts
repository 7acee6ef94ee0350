import { ContentType, decodeFrame, decodeSyncDL, encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { type Login, RawClient } from '@flooim/testkit';
import { WebSocket } from 'ws';
import { inParallel } from './in-parallel.ts';

/** One who talks and many who listen. */
export interface Crowd {
  readonly size: number;
  /** Says something, as bytes of always the same length. */
  send(): void;
  /** Called for each listener and each message, with the listener's number. */
  onArrival: (listener: number) => void;
  close(): void;
}

const text = 'The quick brown fox jumps over the lazy dog, again and again and again.';
const payload = encodeMessageBody({ type: MessageType.GROUPCHAT, ctype: ContentType.TEXT, content: text });
const acknowledgeEveryMs = 200;
const loginsAtOnce = 50;

/** A crowd on the server. */
export interface GroupCrowd extends Crowd {
  /** The first push. */
  readonly sample: Uint8Array | undefined;
}

/** Members of a group on the server. All listeners have to get the same bytes in the same order. */
export async function openGroup(
  url: string,
  gid: number,
  talker: Login,
  listeners: readonly Login[],
): Promise<GroupCrowd> {
  const mouth = await RawClient.login(url, talker);
  const clients = await inParallel(listeners, loginsAtOnce, (login) => RawClient.login(url, login));
  const heard = new Pushes();
  let clientMid = Date.now() * 1000;
  const crowd: GroupCrowd = {
    size: clients.length,
    get sample() {
      return heard.first;
    },
    send: () => mouth.sync({ meta: { id: ++clientMid, to: { uid: gid }, ns: Namespace.MESSAGE, payload } }),
    onArrival: () => {},
    close() {
      for (const timer of timers) clearInterval(timer);
      for (const client of [mouth, ...clients]) client.terminate();
    },
  };
  const timers = clients.map((client, i) => {
    let seen = 0;
    let acknowledged = 0;
    client.socket.removeAllListeners('message');
    client.socket.on('message', (bytes) => {
      heard.check(seen++, bytes as Buffer);
      crowd.onArrival(i);
    });
    return setInterval(() => {
      if (seen > acknowledged) client.sync({ xid: { uid: gid }, key: heard.midOf(seen - 1) });
      acknowledged = seen;
    }, acknowledgeEveryMs);
  });
  return crowd;
}

/** What all listeners are pushed: the first one to get a push says what the others have to get. */
class Pushes {
  readonly #frames: { bytes: Buffer; mid: number }[] = [];

  get first(): Uint8Array | undefined {
    return this.#frames[0]?.bytes;
  }

  check(n: number, bytes: Buffer): void {
    const known = this.#frames[n];
    if (known?.bytes.equals(bytes)) return;
    if (known) throw new Error(`push ${n} of one device is not that of another`);
    const { isEagerSync, prevMid, nextKey } = decodeSyncDL(decodeFrame(bytes).payload);
    const follows = n === 0 || prevMid === this.midOf(n - 1);
    if (!isEagerSync || !follows) throw new Error(`push ${n} does not follow the one before`);
    // Its own memory: it was a part of all that came with it.
    this.#frames[n] = { bytes: Buffer.from(bytes), mid: nextKey };
  }

  midOf(n: number): number {
    return this.#frames[n]?.mid ?? 0;
  }
}

/** As many sockets on a bare `ws` server that sends the same number of bytes to all of them. */
export async function openRelayCrowd(url: string, size: number, bytes: Uint8Array): Promise<Crowd> {
  const open = async (path: string) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws') + path, { perMessageDeflate: false });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return socket;
  };
  const names = Array.from({ length: size }, (_, i) => i);
  const listeners = await inParallel(names, loginsAtOnce, (name) => open(`/to/nobody/as/${name}`));
  const mouth = await open('/to/everybody');
  const crowd: Crowd = {
    size,
    send: () => mouth.send(bytes),
    onArrival: () => {},
    close() {
      for (const socket of [mouth, ...listeners]) socket.terminate();
    },
  };
  for (const [i, socket] of listeners.entries()) socket.on('message', () => crowd.onArrival(i));
  return crowd;
}
