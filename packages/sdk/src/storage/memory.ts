import type { Snapshot, Storage, StoredConversation, StoredMessage, StoredSend, Write } from './storage.ts';

/** The newest of a conversation; older ones are on the server. */
const keep = 1000;
const slack = 200;

/** Keeps what it gets until the page ends, of messages the newest 1000 of each conversation. */
export class MemoryStorage implements Storage {
  readonly isWhole = false;
  readonly #messages = new Map<number, Map<number, StoredMessage>>();
  readonly #conversations = new Map<number, StoredConversation>();
  readonly #outbox = new Map<number, StoredSend>();
  readonly #kv = new Map<string, unknown>();

  load(): Promise<Snapshot> {
    return Promise.resolve({
      conversations: [...this.#conversations.values()],
      outbox: [...this.#outbox.values()].sort((a, b) => a.clientMid - b.clientMid),
      kv: new Map(this.#kv),
    });
  }

  messages(cid: number, before: number, count: number): Promise<StoredMessage[]> {
    const all = [...(this.#messages.get(cid)?.values() ?? [])].filter((message) => message.mid < before);
    return Promise.resolve(all.sort((a, b) => a.mid - b.mid).slice(-count));
  }

  commit(writes: readonly Write[]): Promise<void> {
    for (const write of writes) this.#write(write);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #write(write: Write): void {
    if (write.to === 'messages') this.#writeMessage(write);
    else if (write.to === 'conversations') this.#conversations.set(write.put.id, write.put);
    else if (write.to === 'kv') this.#kv.set(write.key, write.value);
    else if ('put' in write) this.#outbox.set(write.put.clientMid, write.put);
    else this.#outbox.delete(write.remove);
  }

  #putMessage(messages: Map<number, StoredMessage>, message: StoredMessage): void {
    messages.set(message.mid, message);
    if (messages.size <= keep + slack) return;
    const oldest = [...messages.keys()].sort((a, b) => a - b).slice(0, -keep);
    for (const mid of oldest) messages.delete(mid);
  }

  #writeMessage(write: Write & { to: 'messages' }): void {
    const cid = 'put' in write ? write.put.cid : 'remove' in write ? write.remove.cid : write.removeUpTo.cid;
    const messages = this.#messages.get(cid) ?? new Map<number, StoredMessage>();
    this.#messages.set(cid, messages);
    if ('put' in write) this.#putMessage(messages, write.put);
    else if ('remove' in write) messages.delete(write.remove.mid);
    else for (const mid of messages.keys()) if (mid <= write.removeUpTo.mid) messages.delete(mid);
  }
}
