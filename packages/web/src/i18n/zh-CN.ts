import type { Texts } from './en.ts';
import { appTexts } from './zh-CN/app.ts';
import { composerTexts } from './zh-CN/composer.ts';
import { contentTexts } from './zh-CN/content.ts';
import { conversationTexts } from './zh-CN/conversation.ts';
import { groupTexts } from './zh-CN/group.ts';
import { groupPageTexts } from './zh-CN/group-page.ts';
import { messageTexts } from './zh-CN/message.ts';
import { messageActionTexts } from './zh-CN/message-actions.ts';
import { peopleTexts } from './zh-CN/people.ts';
import { rosterTexts } from './zh-CN/roster.ts';
import { sessionTexts } from './zh-CN/session.ts';
import { transferTexts } from './zh-CN/transfer.ts';
import { userTexts } from './zh-CN/user.ts';

export const zhCN: Texts = {
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
