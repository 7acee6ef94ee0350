import { type ComputedRef, computed, type Ref } from 'vue';
import { useSession } from '../session/session-store.ts';
import { useTransfers } from '../transfer/transfer-store.ts';
import { useMessages } from './message-store.ts';
import { buildTimeline, type Row, steadyRows } from './timeline.ts';
import type { Partner } from './use-partner.ts';

type Lines = Pick<Partner, 'notices' | 'silence'>;

/** The rows of an open conversation; `divider`: the message above which the new ones begin. */
export function useChatRows(uid: number, divider: Ref<string | null>, { notices, silence }: Lines): ComputedRef<Row[]> {
  const self = String(useSession().uid);
  const messages = useMessages();
  const transfers = useTransfers();
  const chat = computed(() => messages.chat(uid));

  const outgoing = computed(() => ({
    transfers: transfers.all.filter((one) => one.uid === uid),
    rowKeys: transfers.rowKeys,
  }));
  /** Lines from before what is loaded would stand in a wrong place. */
  const since = computed(() => {
    const { messages: loaded, older } = chat.value;
    return older === 'end' ? 0 : Number(loaded[0]?.timestamp ?? 0);
  });
  const placedNotices = computed(() => notices.value.filter(({ timestamp }) => Number(timestamp) >= since.value));
  const placedRecalled = computed(() => {
    const placed = chat.value.recalled.filter(({ at }) => at >= since.value);
    // Nothing can be edited again where nothing can be written.
    return silence.value ? placed.map((one) => ({ ...one, text: '' })) : placed;
  });

  return computed<Row[]>((before) =>
    steadyRows(
      before ?? [],
      buildTimeline(
        chat.value.messages,
        placedRecalled.value,
        self,
        divider.value,
        outgoing.value,
        placedNotices.value,
      ),
    ),
  );
}
