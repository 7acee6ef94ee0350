import { limits } from '@flooim/protocol';
import type { Meta } from 'flooim';
import { computed, ref, shallowRef } from 'vue';
import { conversationName } from '../../conversation/conversation-name.ts';
import { search } from '../../conversation/search.ts';
import { useGroups } from '../../group/group-store.ts';
import { t } from '../../i18n/i18n.ts';
import { useRoster } from '../../roster/roster-store.ts';
import { useSession } from '../../session/session-store.ts';
import { toast } from '../../ui/toasts.ts';
import { useUser } from '../../user/user-store.ts';
import { summary } from '../summary.ts';
import { bytesOf } from '../text-bytes.ts';
import type { AskedForward } from './asked-forward.ts';
import { mostRecipients, toggled } from './chosen-recipients.ts';
import { forwardMessages } from './forward-messages.ts';
import { forwardRecord } from './forward-record.ts';
import { type Recipient, recipients } from './recipients.ts';

/** Nobody looks through more; the search finds the others. */
const mostShown = 100;

/** To whom, in which way and with which word messages are forwarded. */
export function useForward({ uid, messages }: Pick<AskedForward, 'uid' | 'messages'>) {
  const session = useSession();
  const query = ref('');
  const chosen = shallowRef<readonly Recipient[]>([]);
  const asRecord = ref(false);
  const word = ref('');
  const queued = new Set<string>();

  const all = computed(recipients);
  const found = computed(() =>
    query.value.trim() ? search(all.value, query.value) : all.value.map(({ item }) => item),
  );
  const shown = computed(() => found.value.slice(0, mostShown));

  /** Others do not read "you" where the user is meant. */
  function nameOf({ from }: Meta): string {
    if (Number(from) === session.uid) return useUser().name;
    return useGroups().isGroup(uid)
      ? useGroups().author(uid, Number(from)).name
      : useRoster().displayName(Number(from));
  }

  const record = computed(() => forwardRecord(messages, { title: conversationName(uid), nameOf, textOf: summary }));
  const wordTooLong = computed(() => bytesOf(word.value) > limits.contentBytes);
  const sendable = computed(
    () => chosen.value.length > 0 && !wordTooLong.value && (!asRecord.value || record.value !== null),
  );

  function toggle(recipient: Recipient): void {
    const next = toggled(chosen.value, recipient);
    if (next) chosen.value = next;
    else toast(t('forward.most', { n: mostRecipients }), 'error');
  }

  /** True: all of it is on its way. Those to whom it is not stay chosen. */
  function send(): boolean {
    const what = asRecord.value && record.value ? record.value : messages.map(({ id }) => id);
    const failed = forwardMessages(chosen.value, { what, word: word.value.trim() }, queued);
    const [first] = failed;
    if (first) {
      const names = failed.map(({ to }) => to.name).join(', ');
      toast(t('forward.failed', { names, reason: first.reason }), 'error');
      chosen.value = failed.map(({ to }) => to);
      return false;
    }
    toast(t('forward.done'));
    return true;
  }

  return { query, chosen, asRecord, word, found, shown, record, wordTooLong, sendable, toggle, send };
}
