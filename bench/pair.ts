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
import { type Login, RawClient } from '@flooim/testkit';
import { WebSocket } from 'ws';

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

function messageFrame(to: number): Uint8Array {
  const meta = { id: ++clientMids, to: { uid: to }, ns: Namespace.MESSAGE, payload };
  return encodeFrame({ vsn: Vsn.V2, command: Command.SYNC, payload: encodeSyncUL({ meta }) });
}

/** A pair on the server: the listener keeps a cursor, acknowledges and closes gaps, as the protocol asks. */
export async function openPair(url: string, talker: Login, listener: Login): Promise<Pair> {
  const [from, to] = await Promise.all([RawClient.login(url, talker), RawClient.login(url, listener)]);
  const ear = new Ear(to, talker.uid);
  const pair: Pair = {
    send: () => from.sendBytes(messageFrame(listener.uid)),
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

/** The same frames through the relay. */
export async function openRelayPair(url: string, name: number): Promise<Pair> {
  const [from, to] = await Promise.all([
    openSocket(url, `/to/b${name}/as/a${name}`),
    openSocket(url, `/to/a${name}/as/b${name}`),
  ]);
  const pair: Pair = {
    send: () => from.send(messageFrame(10_000 + name)),
    onArrival: () => {},
    pulls: 0,
    close() {
      from.terminate();
      to.terminate();
    },
  };
  to.on('message', () => pair.onArrival());
  return pair;
}

function openSocket(url: string, path: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}
