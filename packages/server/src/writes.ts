import { appWrites } from './app/app-store.ts';
import { conversationWrites } from './conversation/conversation-store.ts';
import { deviceWrites } from './device/device-store.ts';
import { messageWrites } from './message/message-store.ts';
import { rosterWrites } from './roster/roster-writes.ts';
import type { CommandTable } from './store/commands.ts';
import { tokenWrites } from './token/token-store.ts';
import { userWrites } from './user/user-store.ts';

/** Every command that the writer runs. */
export const writes = {
  /** Shows that the writer is alive: it opens and commits an empty transaction. */
  'writer.ping'() {
    return true;
  },
  ...appWrites,
  ...userWrites,
  ...tokenWrites,
  ...rosterWrites,
  ...deviceWrites,
  ...conversationWrites,
  ...messageWrites,
} satisfies CommandTable;
