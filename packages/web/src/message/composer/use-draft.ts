import { onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { useConversations } from '../../conversation/conversation-store.ts';
import { useSession } from '../../session/session-store.ts';
import { draftOf, keepDraft, tellDraft } from '../drafts.ts';
import { type Mention, standing } from './mention.ts';

export interface EditedDraft {
  text: Ref<string>;
  mentions: Ref<readonly Mention[]>;
  /** Takes what was written on another device meanwhile; to be called when nobody writes here any more. */
  catchUp(): void;
}

/** The draft of a conversation as it is being edited; what changes is kept. */
export function useDraft(uid: number, isWriting: () => boolean): EditedDraft {
  const self = useSession().uid;
  const conversations = useConversations();
  const now = () => draftOf(self, { id: uid, draft: conversations.byId.get(uid)?.draft ?? '' });
  const text = ref(now().text);
  const mentions = ref<readonly Mention[]>(now().mentions);

  function keep([words, chosen]: readonly [string, readonly Mention[]]): void {
    if (words === now().text && chosen === now().mentions) return;
    keepDraft(self, uid, { text: words, mentions: standing(words, chosen) });
  }
  // At once: a field that is left in the same moment catches up with what is kept.
  watch([text, mentions], keep, { flush: 'sync' });
  // Nothing moves under a hand that types.
  function catchUp(): void {
    if (!isWriting()) text.value = now().text;
  }
  watch(() => now().text, catchUp);
  onBeforeUnmount(() => void tellDraft(self, uid));
  return { text, mentions, catchUp };
}
