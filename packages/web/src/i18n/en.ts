import { appTexts } from './en/app.ts';
import { composerTexts } from './en/composer.ts';
import { contentTexts } from './en/content.ts';
import { conversationTexts } from './en/conversation.ts';
import { groupTexts } from './en/group.ts';
import { groupPageTexts } from './en/group-page.ts';
import { messageTexts } from './en/message.ts';
import { messageActionTexts } from './en/message-actions.ts';
import { peopleTexts } from './en/people.ts';
import { rosterTexts } from './en/roster.ts';
import { sessionTexts } from './en/session.ts';
import { transferTexts } from './en/transfer.ts';
import { userTexts } from './en/user.ts';

/** Every text of the app. `{name}` is filled in; `one | many` is chosen by number. */
export const en = {
  ...appTexts,
  ...composerTexts,
  ...contentTexts,
  ...conversationTexts,
  ...groupTexts,
  ...groupPageTexts,
  ...messageTexts,
  ...messageActionTexts,
  ...peopleTexts,
  ...rosterTexts,
  ...sessionTexts,
  ...transferTexts,
  ...userTexts,
};

export type Texts = Record<keyof typeof en, string>;
