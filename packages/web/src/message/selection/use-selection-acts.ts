import type { Meta } from 'flooim';
import { t } from '../../i18n/i18n.ts';
import { copyText } from '../../ui/copy-text.ts';
import { askForward } from '../forward/asked-forward.ts';
import { removeMessages } from '../message-menu.ts';
import { selectedText } from './selected-text.ts';
import type { Selection } from './use-selection.ts';

/** What can be done with all that is selected; each ends the selecting when it was done. */
export function useSelectionActs(uid: number, { chosen, leave }: Selection, nameOf: (meta: Meta) => string) {
  function copy(): void {
    void copyText(selectedText(chosen.value, nameOf), t('message.copied'));
    leave();
  }

  function remove(): void {
    removeMessages(
      uid,
      chosen.value.map(({ id }) => id),
    );
    leave();
  }

  return { copy, remove, forward: () => askForward(uid, chosen.value, leave) };
}
