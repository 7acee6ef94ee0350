import { limits } from '../limits.ts';
import type {
  AppDetails,
  BatchItem,
  BatchRegistration,
  RosterItem,
  SessionMessages,
  UnreadItem,
  UserListItem,
} from '../types.ts';
import { endpoint, GET, POST, UPDATE } from './endpoint.ts';
import { filled, flag, id, ids, must, password, position, text, username, whole } from './schemas.ts';

const content = {
  content: text(limits.contentBytes),
  attachment: text(limits.attachmentBytes),
  ext: text(limits.extBytes),
  config: text(limits.configBytes),
};
/** A message to users (type 1) or to groups (type 2); content types 9 to 12 are operations on `related_mid`. */
const message = {
  type: must(whole(1, 2)),
  targets: must({ type: 'array', items: id, minItems: 1, maxItems: limits.messageTargets }),
  content_type: must(whole(0, 12)),
  ...content,
  from_user_id: position,
  /**
   * The same from the same sender within ten minutes does nothing and is answered as the first time; one that was refused is
   * tried again. After a restart of the server a message is known again only with the same content.
   */
  transaction_id: position,
  /** Only for devices that are connected; not stored. */
  online_only: flag,
  related_mid: position,
} as const;
const list = <const P extends Record<string, unknown>>(items: P) =>
  ({ type: 'list', items, maxItems: limits.batchItems, required: true }) as const;
const app = { app_id: must(filled(64)) };

/** What services call: messages over REST, the administration of an app, the operation of a server. Not for the SDK. */
export const service = {
  /** Each target is tried; if some are refused, the error is that of the first, and says which it was and how many were sent. */
  messageSend: endpoint<boolean>()(UPDATE, '/message/send', 'body', 'sender', message),
  /** In the name of the app itself, uid 0; to users into their system conversation. */
  messageNotify: endpoint<boolean>()(UPDATE, '/message/notify', 'body', 'admin', message),
  messageBroadcast: endpoint<{ success: boolean; send_num: number }>()(POST, '/message/broadcast', 'body', 'admin', {
    type: must(whole(1, 1)),
    content_type: must(whole(0, 6)),
    ...content,
  }),
  messageRecall: endpoint<boolean>()(UPDATE, '/message/recall', 'body', 'sender', {
    conversation_id: must(id),
    msg_id: must(id),
  }),
  messageAck: endpoint<boolean>()(GET, '/message/ack', 'query', 'user', {
    conversation_id: must(id),
    msg_id: position,
    device_sn: position,
  }),
  messageHistory: endpoint<SessionMessages>()(GET, '/message/conversation', 'query', 'user', {
    opposite_id: must(id),
    msg_id_start: must(position),
    limit: must(whole(1, limits.historyPage)),
  }),
  conversationDelete: endpoint<boolean>()(['DELETE'], '/message/conversation', 'query', 'user', {
    conversation_id: must(id),
  }),
  messageUnread: endpoint<UnreadItem[]>()(GET, '/message/unread', 'query', 'user', {}),

  userList: endpoint<UserListItem[]>()(GET, '/user/list', 'query', 'admin', {
    page_num: whole(1, 1_000_000_000),
    page_size: whole(1, 200),
  }),
  userDisable: endpoint<boolean>()(['PUT'], '/user/disable', 'body', 'admin', { list: must(ids) }),
  userEnable: endpoint<boolean>()(['PUT'], '/user/enable', 'body', 'admin', { list: must(ids) }),
  userRegisterBatch: endpoint<BatchRegistration[]>()(POST, '/user/register/batch', 'body', 'admin', {
    list: list({ username, password }),
  }),
  userProfileBatch: endpoint<BatchItem[]>()(UPDATE, '/user/profile/batch', 'body', 'admin', {
    list: list({
      user_id: must(id),
      nick_name: text(limits.nicknameChars),
      description: text(limits.descriptionChars),
      public_info: text(limits.infoChars),
      private_info: text(limits.infoChars),
    }),
  }),
  userAvatarBatch: endpoint<BatchItem[]>()(UPDATE, '/user/avatar/batch', 'body', 'admin', {
    list: list({ user_id: must(id), avatar: must(text(limits.urlChars)) }),
  }),
  /** For the user in the header `user_id`. */
  userChangePasswordAdmin: endpoint<boolean>()(POST, '/user/change_password_admin', 'body', 'admin', { password }),
  userOnline: endpoint<{ online: boolean }>()(GET, '/user/online_status', 'query', 'user', {}),
  /** Makes friends without asking them; for the user in the header `user_id`. */
  userAddRoster: endpoint<boolean>()(POST, '/user/add_roster', 'body', 'admin', {
    list: must({ type: 'array', items: id, maxItems: limits.batchItems }),
  }),
  userRosters: endpoint<{ user_id: number; name: string }[]>()(GET, '/user/rosters', 'query', 'user', {}),
  /** The body may be the bare list. */
  rosterApplyBatch: endpoint<{ success: number[]; fails: { user_id: number; reason: string }[] }>()(
    POST,
    '/roster/apply/batch',
    'body',
    'user',
    { list: list({ user_id: must(id), alias: text(limits.nicknameChars), reason: text(limits.reasonChars) }) },
  ),

  rosterByMobile: endpoint<RosterItem>()(GET, '/roster/mobile', 'query', 'user', { mobile: must(filled(32)) }),

  operatorApps: endpoint<AppDetails[]>()(GET, '/operator/apps', 'query', 'operator', {}),
  operatorAppCreate: endpoint<AppDetails>()(POST, '/operator/app', 'body', 'operator', {
    ...app,
    name: text(limits.nicknameChars),
  }),
  /** Changes what is given. */
  operatorAppUpdate: endpoint<AppDetails>()(['PUT'], '/operator/app', 'body', 'operator', {
    ...app,
    name: text(limits.nicknameChars),
    status: text(16),
    open_registration: flag,
    strangers_may_chat: flag,
    user_limit: position,
    /** Bytes of all its files; 0: as many as the disk takes. */
    file_bytes_limit: position,
    licence_expires_at: position,
  }),
  /** Makes another admin token; it is told this once. */
  operatorAppToken: endpoint<{ token: string }>()(POST, '/operator/app/token', 'body', 'operator', app),
  /** Ends all admin tokens of the app. */
  operatorAppTokensEnd: endpoint<boolean>()(['DELETE'], '/operator/app/token', 'body', 'operator', app),
  /** Tells every connected client of the app to ask DNS anew and to connect there. */
  operatorAppMoved: endpoint<{ sessions: number }>()(POST, '/operator/app/moved', 'body', 'operator', app),
} as const;
