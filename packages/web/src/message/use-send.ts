import { type ComputedRef, computed, nextTick } from 'vue';
import { useConnection } from '../app/connection-store.ts';
import { errorText } from '../app/error-text.ts';
import { t } from '../i18n/i18n.ts';
import { useSession } from '../session/session-store.ts';
import { type PickedFile, voiceFile } from '../transfer/picked-files.ts';
import { useTransfers } from '../transfer/transfer-store.ts';
import { toast } from '../ui/toasts.ts';
import { extrasOf, type HowSent } from './extras.ts';
import type { Quote } from './message-ext.ts';
import { useMessages } from './message-store.ts';
import { keepQuote, quoteOf } from './quotes.ts';
import type { Recording } from './voice/recorder.ts';

export interface Sending {
  /** What the next message answers. */
  quote: ComputedRef<Quote | null>;
  answer(quote: Quote | null): void;
  send(text: string, files: readonly PickedFile[], how?: HowSent): void;
  sendVoice(recording: Recording): void;
}

const plain: HowSent = { markdown: false, mentions: [], mentionAll: false };

/** Sends into a conversation; `putBack` gets the words that could not be sent. */
export function useSend(uid: number, putBack: (text: string) => void): Sending {
  const session = useSession();
  const messages = useMessages();
  const transfers = useTransfers();
  const connection = useConnection();
  const quote = computed(() => quoteOf(session.uid, uid));
  const answer = (next: Quote | null): void => keepQuote(session.uid, uid, next);

  function send(text: string, files: readonly PickedFile[], how = plain): void {
    const replied = quote.value;
    const extras = extrasOf(how, replied);
    answer(null);
    if (files.length > 0) return transfers.send(uid, files, text, extras);
    try {
      messages.send(uid, text, extras);
    } catch (error) {
      // The session was ended elsewhere: the words must not be lost with it.
      toast(connection.banner === 'kicked' ? t('connection.kicked') : errorText(error), 'error');
      answer(replied);
      void nextTick().then(() => putBack(text));
    }
  }

  function sendVoice({ file, ...voice }: Recording): void {
    transfers.send(uid, [voiceFile(file, voice)], '', extrasOf(plain, quote.value));
    answer(null);
  }

  return { quote, answer, send, sendVoice };
}
