import type { Context } from '../context.ts';
import type { Caller, Handlers } from '../http/caller.ts';

type Served =
  | 'conversationPin'
  | 'conversationUnpin'
  | 'conversationPinned'
  | 'conversationDraft'
  | 'conversationTouch';

export function conversationRoutes({ conversationState }: Pick<Context, 'conversationState'>): Pick<Handlers, Served> {
  const of = ({ appId, uid }: Caller, peer: number) => ({ appId, uid, peer });
  return {
    async conversationPin({ conversation_id }, caller) {
      await conversationState.pin(of(caller, conversation_id));
      return true;
    },

    async conversationUnpin({ conversation_id }, caller) {
      await conversationState.unpin(of(caller, conversation_id));
      return true;
    },

    conversationPinned: async (_request, { uid }) => ({ conversation_ids: conversationState.pinned(uid) }),

    async conversationDraft({ conversation_id, draft }, caller) {
      await conversationState.draft(of(caller, conversation_id), draft);
      return true;
    },

    async conversationTouch({ conversation_id, time }, caller) {
      await conversationState.touch(of(caller, conversation_id), time);
      return true;
    },
  };
}
