import { Namespace, type SyncDL, Vsn } from '@flooim/protocol';
import type { RawClient } from '@flooim/testkit';
import { openSocketIoClient } from './lines.ts';
import { messageFrame, type OpenPair, type Pair } from './pair.ts';

/** A pair of version 1 on the Socket.IO door: both acknowledge each entry as it comes, and pull what they are told of. */
export const openPairV1: OpenPair = async (url, talker, listener) => {
  const [from, to] = await Promise.all([
    openSocketIoClient(url, talker, Vsn.V1),
    openSocketIoClient(url, listener, Vsn.V1),
  ]);
  new Manners(from, listener.uid);
  const ear = new Manners(to, talker.uid);
  const pair: Pair = {
    send: () => from.sendBytes(messageFrame(Vsn.V1, listener.uid)),
    onArrival: () => {},
    get pulls() {
      return ear.pulls;
    },
    close() {
      from.terminate();
      to.terminate();
    },
  };
  ear.onMessage = () => pair.onArrival();
  return pair;
};

/** What a deployed client does with the conversation with `peer`. */
class Manners {
  onMessage = () => {};
  /** How often it was told to pull. */
  pulls = 0;
  readonly #client: RawClient;
  readonly #peer: number;
  #last = 0;
  #pulling = false;

  constructor(client: RawClient, peer: number) {
    this.#client = client;
    this.#peer = peer;
    client.onSync = (sync) => this.#take(sync);
    client.onNotice = (notice) => notice?.xid.uid === peer && this.#pull();
  }

  #take({ clientMid, xid, metas, nextKey }: SyncDL): void {
    if (clientMid > 0 || xid?.uid !== this.#peer) return;
    if (nextKey === 0) {
      this.#pulling = false;
      return;
    }
    for (const { id, from, ns } of metas) {
      if (id > this.#last && from?.uid === this.#peer && ns === Namespace.MESSAGE) this.onMessage();
    }
    this.#last = nextKey;
    this.#client.sync({ xid: { uid: this.#peer }, key: nextKey });
  }

  #pull(): void {
    if (this.#pulling) return;
    this.#pulling = true;
    this.pulls++;
    this.#client.sync({ xid: { uid: this.#peer } });
  }
}
