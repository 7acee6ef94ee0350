import {
  Command,
  ContentType,
  encodeFrame,
  encodeMessageBody,
  encodeSyncUL,
  limits,
  MessageType,
  Namespace,
  type SyncDL,
  Vsn,
} from '@flooim/protocol';
import type { Login, RawClient } from '@flooim/testkit';
import { type OpenClient, type OpenRelayLine, openBareLine, openXsyncClient } from './lines.ts';

/** One user who talks and one who listens. */
export interface Pair {
  send(): void;
  /** Called for each message that arrived; they arrive in the order in which they were sent. */
  onArrival: () => void;
  /** How often the listener had to ask, because a push was missing or came in another order. */
  readonly pulls: number;
  close(): void;
}

const text = 'The quick brown fox jumps over the lazy dog, again and again and again.';
const payload = encodeMessageBody({ type: MessageType.CHAT, ctype: ContentType.TEXT, content: text });
const acknowledgeEveryMs = 200;
let clientMids = Date.now() * 1000;

export function messageFrame(vsn: Vsn, to: number): Uint8Array {
  const meta = { id: ++clientMids, to: { uid: to }, ns: Namespace.MESSAGE, payload };
  return encodeFrame({ vsn, command: Command.SYNC, payload: encodeSyncUL({ meta }) });
}

/** Opens a pair on the server. */
export type OpenPair = (url: string, talker: Login, listener: Login) => Promise<Pair>;

/** A pair of version 2: the listener keeps a cursor, acknowledges and closes gaps, as the protocol asks. */
export async function openPair(
  url: string,
  talker: Login,
  listener: Login,
  open: OpenClient = openXsyncClient,
): Promise<Pair> {
  const [from, to] = await Promise.all([open(url, talker, Vsn.V2), open(url, listener, Vsn.V2)]);
  const ear = new Ear(to, talker.uid);
  const pair: Pair = {
    send: () => from.sendBytes(messageFrame(Vsn.V2, listener.uid)),
    onArrival: () => {},
    get pulls() {
      return ear.pulls;
    },
    close() {
      ear.close();
      from.terminate();
      to.terminate();
    },
  };
  ear.onMessage = () => pair.onArrival();
  return pair;
}

/** The listener's side of one conversation. */
class Ear {
  onMessage = () => {};
  pulls = 0;
  readonly #client: RawClient;
  readonly #talker: number;
  readonly #timer: NodeJS.Timeout;
  #cursor = 0;
  #acknowledged = 0;
  #pulling = false;

  constructor(client: RawClient, talker: number) {
    this.#client = client;
    this.#talker = talker;
    this.#timer = setInterval(() => this.#acknowledge(), acknowledgeEveryMs);
    client.onSync = (sync) => this.#take(sync);
    client.onNotice = () => this.#pull();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #take(sync: SyncDL): void {
    if (sync.xid?.uid !== this.#talker || sync.clientMid > 0) return;
    if (!sync.isEagerSync) this.#pulled(sync);
    else if (sync.nextKey > 0 && sync.prevMid <= this.#cursor) this.#apply(sync);
    else if (sync.nextKey > 0) this.#pull();
  }

  #pulled(sync: SyncDL): void {
    this.#pulling = false;
    if (sync.nextKey === 0) return;
    this.#apply(sync);
    this.#pull();
  }

  #apply({ metas, nextKey }: SyncDL): void {
    for (const meta of metas) if (meta.id > this.#cursor && meta.from?.uid === this.#talker) this.onMessage();
    this.#cursor = Math.max(this.#cursor, nextKey);
  }

  #pull(): void {
    if (this.#pulling) return;
    this.#pulling = true;
    this.pulls++;
    this.#client.sync({ xid: { uid: this.#talker }, key: this.#cursor, fullSyncNum: limits.pullPage });
  }

  #acknowledge(): void {
    if (this.#cursor > this.#acknowledged) this.#client.sync({ xid: { uid: this.#talker }, key: this.#cursor });
    this.#acknowledged = this.#cursor;
  }
}

/** The same frames through a relay. */
export async function openRelayPair(url: string, name: number, open: OpenRelayLine = openBareLine): Promise<Pair> {
  const [from, to] = await Promise.all([open(url, `b${name}`, `a${name}`), open(url, `a${name}`, `b${name}`)]);
  const pair: Pair = {
    send: () => from.send(messageFrame(Vsn.V2, 10_000 + name)),
    onArrival: () => {},
    pulls: 0,
    close() {
      from.socket.terminate();
      to.socket.terminate();
    },
  };
  to.onFrame = () => pair.onArrival();
  return pair;
}
