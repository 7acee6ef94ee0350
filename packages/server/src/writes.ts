import { adminTokenWrites } from './admin/admin-token-store.ts';
import { appWrites } from './app/app-store.ts';
import { conversationWrites } from './conversation/conversation-writes.ts';
import { deviceWrites } from './device/device-store.ts';
import { fileWrites } from './file/file-writes.ts';
import { announcementWrites } from './group/announcement-writes.ts';
import { banWrites } from './group/ban-writes.ts';
import { joiningWrites } from './group/joining-writes.ts';
import { membershipWrites } from './group/membership-writes.ts';
import { settingsWrites } from './group/settings-writes.ts';
import { sharedFileWrites } from './group/shared-file-writes.ts';
import { linkWrites } from './handoff/link-store.ts';
import { broadcastWrites, messageWrites } from './message/message-writes.ts';
import { mobileWrites } from './mobile/mobile-writes.ts';
import { pushWrites } from './push/push-store.ts';
import { rosterWrites } from './roster/roster-writes.ts';
import type { CommandTable } from './store/commands.ts';
import { tokenWrites } from './token/token-store.ts';
import { lifecycleWrites } from './user/lifecycle-writes.ts';
import { userWrites } from './user/user-writes.ts';
import { weChatWrites } from './wechat/wechat-store.ts';

/** Every command that the writer runs. */
export const writes = {
  /** Shows that the writer is alive: it opens and commits an empty transaction. */
  'writer.ping'() {
    return true;
  },
  ...appWrites,
  ...adminTokenWrites,
  ...userWrites,
  ...lifecycleWrites,
  ...tokenWrites,
  ...rosterWrites,
  ...deviceWrites,
  ...conversationWrites,
  ...messageWrites,
  ...broadcastWrites,
  ...membershipWrites,
  ...joiningWrites,
  ...settingsWrites,
  ...banWrites,
  ...announcementWrites,
  ...sharedFileWrites,
  ...fileWrites,
  ...mobileWrites,
  ...linkWrites,
  ...pushWrites,
  ...weChatWrites,
} satisfies CommandTable;
