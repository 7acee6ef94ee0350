import { limits } from '@flooim/protocol';
import { checkId, checkObject, checkText, invalid } from '../check.ts';
import type { Groups } from '../group/groups.ts';
import type { Messages } from '../message/messages.ts';
import type { Clock } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Roster } from '../roster/roster.ts';
import type { StoredConversation } from '../storage/storage.ts';
import type { Transactions } from '../storage/transaction.ts';
import type { Id } from '../types.ts';
import { type Conversations, type Kept, keptOf } from './conversations.ts';

export interface ConversationStateParts {
  rest: RestClient;
  clock: Clock;
  transactions: Transactions;
  conversations: Conversations;
  messages: Messages;
  roster: Roster;
  groups: Groups;
}

type Params = { conversation_id: Id };

/**
 * What the user changes of what he keeps about conversations. Shown before the server has it, and taken back when it refuses.
 * Its word stands in the end: it tells every device of the user, this one too, in one order.
 */
export class ConversationState {
  readonly #parts: ConversationStateParts;

  constructor(parts: ConversationStateParts) {
    this.#parts = parts;
  }

  async pin(params: Params & { pinned: boolean }): Promise<boolean> {
    const pinned = checkFlag(checkObject(params, 'params').pinned, 'params.pinned');
    const name = pinned ? 'conversationPin' : 'conversationUnpin';
    const change = { pinnedAt: pinned ? this.#parts.clock.now() : 0 };
    return this.#keep(params, change, (cid) => this.#parts.rest.call(name, { conversation_id: cid }));
  }

  async draft(params: Params & { draft: string }): Promise<boolean> {
    const draft = checkText(checkObject(params, 'params').draft, 'params.draft');
    if (draft.length > limits.draftChars) throw invalid('params.draft', `at most ${limits.draftChars} characters long`);
    const send = (cid: number) => this.#parts.rest.call('conversationDraft', { conversation_id: cid, draft });
    return this.#keep(params, { draft }, send);
  }

  async touch(params: Params): Promise<boolean> {
    const send = (cid: number) => this.#parts.rest.call('conversationTouch', { conversation_id: cid });
    return this.#keep(params, { touchedAt: this.#parts.clock.now() }, send);
  }

  async mute(params: Params & { muted: boolean }): Promise<boolean> {
    const muted = checkFlag(checkObject(params, 'params').muted, 'params.muted');
    const cid = checkId(params.conversation_id, 'params.conversation_id');
    const isGroup = this.#parts.conversations.isGroup(cid);
    return isGroup ? this.#muteGroup(cid, muted) : this.#muteUser(cid, muted);
  }

  async #muteUser(user_id: number, muted: boolean): Promise<boolean> {
    const { rest, roster } = this.#parts;
    const done = await rest.call('rosterExt', { user_id, mute_notification: muted });
    roster.patch(user_id, { mute_notification: muted });
    return done;
  }

  async #muteGroup(group_id: number, muted: boolean): Promise<boolean> {
    const { rest, groups, transactions } = this.#parts;
    // Who wants none of its messages at all is not notified either: that stays.
    if (muted && groups.isMuted(group_id)) return true;
    const msg_mute_mode = muted ? 1 : 0;
    const done = await rest.call('groupMuteMode', { group_id, msg_mute_mode });
    await transactions.run((tx) => groups.change(group_id, { msg_mute_mode }, tx));
    return done;
  }

  async #keep(params: Params, change: Partial<Kept>, send: (cid: number) => Promise<boolean>): Promise<boolean> {
    const cid = checkId(checkObject(params, 'params').conversation_id, 'params.conversation_id');
    const { conversations, messages, transactions } = this.#parts;
    const row = conversations.ensure(cid);
    const before = keptOf(row);
    const { hidden } = row;
    void transactions.run((tx) => {
      conversations.keep(row, { ...before, ...change }, tx);
      // A draft that is being sent: the message lists it now.
      if (messages.timeline(cid).pending.length > 0) row.hidden = false;
    });
    try {
      return await send(cid);
    } catch (error) {
      const now = keptOf(row);
      const isStill = Object.entries(change).every(([field, value]) => now[field as keyof Kept] === value);
      if (isStill) this.#takeBack(row, before, hidden && !row.last);
      throw error;
    }
  }

  #takeBack(row: StoredConversation, before: Kept, hidden: boolean): void {
    const { conversations, transactions } = this.#parts;
    void transactions.run((tx) => {
      conversations.keep(row, before, tx);
      row.hidden = hidden;
    });
  }
}

function checkFlag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw invalid(field, 'true or false');
  return value;
}
