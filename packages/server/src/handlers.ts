import { adminRoutes } from './admin/admin-routes.ts';
import { appRoutes } from './app/app-routes.ts';
import type { Context } from './context.ts';
import { conversationRoutes } from './conversation/conversation-routes.ts';
import { deviceRoutes } from './device/device-routes.ts';
import { dnsRoutes } from './dns/dns-routes.ts';
import { downloadRoutes } from './file/download-routes.ts';
import { uploadRoutes } from './file/upload-routes.ts';
import { announcementRoutes } from './group/announcement-routes.ts';
import { banRoutes } from './group/ban-routes.ts';
import { joiningRoutes } from './group/joining-routes.ts';
import { membershipRoutes } from './group/membership-routes.ts';
import { settingsRoutes } from './group/settings-routes.ts';
import { sharedFileRoutes } from './group/shared-file-routes.ts';
import { handoffRoutes } from './handoff/handoff-routes.ts';
import type { Handlers } from './http/caller.ts';
import { messageRoutes } from './message/message-routes.ts';
import { mobileRoutes } from './mobile/mobile-routes.ts';
import { pushRoutes } from './push/push-routes.ts';
import { rosterRoutes } from './roster/roster-routes.ts';
import { tokenRoutes } from './token/token-routes.ts';
import { userAdminRoutes, userRoutes, userSettingsRoutes } from './user/user-routes.ts';
import { visitorRoutes } from './user/visitor-routes.ts';
import { weChatRoutes } from './wechat/wechat-routes.ts';

/** Each feature's handlers in one table, as complete as the protocol's. */
export function createHandlers(context: Context): Handlers {
  return {
    ...dnsRoutes(context),
    ...appRoutes(context),
    ...adminRoutes(context),
    ...tokenRoutes(context),
    ...userRoutes(context),
    ...userSettingsRoutes(context),
    ...userAdminRoutes(context),
    ...visitorRoutes(context),
    ...deviceRoutes(context),
    ...rosterRoutes(context),
    ...messageRoutes(context),
    ...conversationRoutes(context),
    ...membershipRoutes(context),
    ...joiningRoutes(context),
    ...settingsRoutes(context),
    ...banRoutes(context),
    ...announcementRoutes(context),
    ...sharedFileRoutes(context),
    ...uploadRoutes(context),
    ...downloadRoutes(context),
    ...mobileRoutes(context),
    ...handoffRoutes(context),
    ...pushRoutes(context),
    ...weChatRoutes(context),
  };
}
