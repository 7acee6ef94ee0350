import {
  ContentType,
  decodeFrame,
  decodeSyncDL,
  encodeMessageBody,
  MessageType,
  Namespace,
  Vsn,
} from '@flooim/protocol';
import { type Login, RawClient } from '@flooim/testkit';
import { inParallel } from './in-parallel.ts';
import { type OpenLine, type OpenRelayLine, openBareLine, openXsyncLine } from './lines.ts';

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
  open: OpenLine = openXsyncLine,
): Promise<GroupCrowd> {
  const mouth = await RawClient.login(url, talker);
  const ears = await inParallel(listeners, loginsAtOnce, async (login) => {
    const line = await open(url);
    const client = new RawClient(line, Vsn.V2);
    await client.provision(login);
    return { line, client };
  });
  const heard = new Pushes();
  let clientMid = Date.now() * 1000;
  const crowd: GroupCrowd = {
    size: ears.length,
    get sample() {
      return heard.first;
    },
    send: () => mouth.sync({ meta: { id: ++clientMid, to: { uid: gid }, ns: Namespace.MESSAGE, payload } }),
    onArrival: () => {},
    close() {
      for (const timer of timers) clearInterval(timer);
      for (const client of [mouth, ...ears.map((ear) => ear.client)]) client.terminate();
    },
  };
  const timers = ears.map(({ line, client }, i) => {
    let seen = 0;
    let acknowledged = 0;
    line.onFrame = (bytes) => {
      heard.check(seen++, bytes);
      crowd.onArrival(i);
    };
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

  check(n: number, bytes: Uint8Array): void {
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

/** As many sockets on a relay that sends the same number of bytes to all of them. */
export async function openRelayCrowd(
  url: string,
  size: number,
  bytes: Uint8Array,
  open: OpenRelayLine = openBareLine,
): Promise<Crowd> {
  const names = Array.from({ length: size }, (_, i) => i);
  const listeners = await inParallel(names, loginsAtOnce, (name) => open(url, 'nobody', String(name)));
  const mouth = await open(url, 'everybody');
  const crowd: Crowd = {
    size,
    send: () => mouth.send(bytes),
    onArrival: () => {},
    close() {
      for (const line of [mouth, ...listeners]) line.socket.terminate();
    },
  };
  for (const [i, line] of listeners.entries()) line.onFrame = () => crowd.onArrival(i);
  return crowd;
}
