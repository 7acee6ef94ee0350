import { isId } from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { RosterService } from '../roster/roster-service.ts';
import type { ConversationService } from './conversation-service.ts';
import type { ConversationStore, KeepArgs } from './conversation-store.ts';

/** Whose conversation, and with whom. */
export interface OwnConversation {
  appId: string;
  uid: number;
  peer: number;
}

interface Parts {
  store: ConversationStore;
  conversations: ConversationService;
  roster: RosterService;
  delivery: Delivery;
  clock: () => number;
}

/** What a user keeps about his conversations; all of his devices hear of it. */
export class ConversationStateService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  pin(conversation: OwnConversation): Promise<void> {
    return this.#keep(conversation, 'pinned_at', this.#parts.clock());
  }

  unpin(conversation: OwnConversation): Promise<void> {
    return this.#keep(conversation, 'pinned_at', 0);
  }

  /** The one that was pinned first comes first. */
  pinned(uid: number): number[] {
    return this.#parts.store.pinned(uid);
  }

  /** An empty text takes it away. */
  draft(conversation: OwnConversation, text: string): Promise<void> {
    return this.#keep(conversation, 'draft', text);
  }

  /** Brings the conversation up as of `time`, by default and at most now; begins it with a user where there is none. */
  async touch(conversation: OwnConversation, time = 0): Promise<void> {
    const { conversations, roster, clock } = this.#parts;
    const { appId, uid, peer } = conversation;
    if (peer === uid) throw new ServerError('invalidParameter', 'conversation_id is your own');
    if (conversations.findLog(uid, peer) === undefined && (await roster.peerExists(appId, peer))) {
      await conversations.pairLog(uid, peer);
    }
    const now = clock();
    await this.#keep(conversation, 'touched_at', isId(time) ? Math.min(time, now) : now);
  }

  async #keep({ uid, peer }: OwnConversation, what: KeepArgs['what'], value: KeepArgs['value']): Promise<void> {
    const result = await this.#parts.store.write['conversation.keep']({ uid, peer, what, value }, (done) => {
      if ('changed' in done && done.changed) this.#tell(uid, peer);
    });
    if ('refused' in result) throw new ServerError(result.refused);
  }

  #tell(uid: number, peer: number): void {
    const { delivery, store } = this.#parts;
    delivery.pushUnread(uid, (deviceSN) => {
      const row = store.unreadOf(uid, deviceSN, peer);
      return row ? [row] : [];
    });
  }
}
