import {
  Command,
  ContentType,
  encodeFrame,
  encodeMessageBody,
  encodeSyncUL,
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

/** A pair on the server: the listener acknowledges, cumulatively, as the protocol asks. */
export async function openPair(url: string, talker: Login, listener: Login): Promise<Pair> {
  const [from, to] = await Promise.all([RawClient.login(url, talker), RawClient.login(url, listener)]);
  let cursor = 0;
  let acknowledged = 0;
  const acknowledge = setInterval(() => {
    if (cursor > acknowledged) to.sync({ xid: { uid: talker.uid }, key: cursor });
    acknowledged = cursor;
  }, acknowledgeEveryMs);
  const pair: Pair = {
    send: () => from.sendBytes(messageFrame(listener.uid)),
    onArrival: () => {},
    close() {
      clearInterval(acknowledge);
      from.terminate();
      to.terminate();
    },
  };
  const take = (sync: SyncDL) => {
    if (sync.xid?.uid !== talker.uid || sync.clientMid > 0 || sync.nextKey === 0) return;
    if (sync.isEagerSync && sync.prevMid > cursor && cursor > 0)
      return to.sync({ xid: { uid: talker.uid }, key: cursor, fullSyncNum: 200 });
    for (const meta of sync.metas) if (meta.id > cursor && meta.from?.uid === talker.uid) pair.onArrival();
    if (sync.nextKey > cursor) cursor = sync.nextKey;
    if (!sync.isEagerSync) to.sync({ xid: { uid: talker.uid }, key: cursor, fullSyncNum: 200 });
  };
  to.onSync = take;
  to.onNotice = (notice) => notice && to.sync({ xid: notice.xid, key: cursor, fullSyncNum: 200 });
  return pair;
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
