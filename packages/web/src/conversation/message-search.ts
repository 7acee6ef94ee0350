import type { ConversationItem, Meta } from 'flooim';
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue';
import { im } from '../im.ts';
import { withoutLeaving } from '../message/leaving-messages.ts';
import { summary } from '../message/summary.ts';
import { hasWords } from './search.ts';

export interface FoundMessage {
  item: ConversationItem;
  meta: Meta;
}

/** Typing must not wait for it. */
const restMs = 150;
/** What the device keeps of a conversation is read when it is first asked for; then it is searched once more. */
const readMs = 600;
/** Reading every message of thousands of conversations into memory is not worth an answer that nobody scrolls to. */
const mostConversations = 300;
const mostFound = 40;
const atOnce = 25;

function messagesOf({ id, type }: ConversationItem): readonly Meta[] {
  return withoutLeaving(
    type === 'group' ? im.groupManage.getGruopMessage(id) : im.rosterManage.getRosterMessageByRid(id),
  );
}

/** The newest first; the last message of each is left to its conversation, which is found by it. */
function foundIn(item: ConversationItem, question: string): FoundMessage[] {
  return messagesOf(item)
    .filter((meta) => meta.id !== item.lastMessage?.id && meta.type !== 'command' && hasWords(summary(meta), question))
    .reverse()
    .map((meta) => ({ item, meta }));
}

/** Messages of the newest conversations that this device has and that have every word of the question. */
export function useMessageSearch(question: Ref<string>, items: () => readonly ConversationItem[]): Ref<FoundMessage[]> {
  const found = shallowRef<FoundMessage[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(asked: string): Promise<void> {
    const searched = items().slice(0, mostConversations);
    const hits: FoundMessage[] = [];
    for (let first = 0; first < searched.length && hits.length < mostFound; first += atOnce) {
      for (const item of searched.slice(first, first + atOnce)) hits.push(...foundIn(item, asked));
      await new Promise((resolve) => setTimeout(resolve));
      if (question.value !== asked) return;
    }
    found.value = hits.sort((a, b) => Number(b.meta.timestamp) - Number(a.meta.timestamp)).slice(0, mostFound);
  }

  watch(question, (asked) => {
    clearTimeout(timer);
    found.value = [];
    if (!asked) return;
    timer = setTimeout(async () => {
      await look(asked);
      timer = setTimeout(() => void look(asked), readMs);
    }, restMs);
  });
  onScopeDispose(() => clearTimeout(timer));
  return found;
}
