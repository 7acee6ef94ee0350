import { checkId, checkObject } from '../check.ts';
import { notAvailable } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type {
  FileUpload,
  FileUploadProgress,
  FileUploadResult,
  GroupMessage,
  HistoryPage,
  Id,
  RosterMessage,
} from '../types.ts';

/** Sending, history and conversations. */
export interface SysManage {
  /**
   * Queues the message and returns its client mid at once; it is stored before it is sent, and sent again until the
   * server took or refused it, also after a reload. `onSendingMessageStatusChanged` tells the outcome.
   */
  sendRosterMessage(msg: RosterMessage): number;
  sendGroupMessage(msg: GroupMessage): number;
  /**
   * Fetches up to `amount` (default 20, at most 200) messages older than `sid` (0: from the newest) and adds them to what
   * `getRosterMessageByRid` gives. Fires `onReceiveHistoryMsg`; the promise (additive) gives the page itself.
   */
  requireHistoryMessage(uid: number, sid?: Id, amount?: number): Promise<HistoryPage>;
  sendMentionMessage(params: {
    gid: number;
    txt: string;
    mentionAll?: boolean;
    mentionList?: number[];
    mentionedMessage?: string;
    pushMessage?: string;
    senderNickname?: string;
  }): number;
  /** Tells the peer that the user types. Lost when not online, never stored. */
  sendInputStatusMessage(uid: number, status: 'nothing' | 'typing'): number;
  /** Sends a message that this device has once more, to somebody else. */
  forwardMessage(param: { uid?: number; gid?: number; mid: Id }): number;
  /** How far an own message has come: for messages of others always whether the user read it. */
  getMessageStatus(cid: number, mid: Id, isGroup?: boolean): 'unread' | 'delivered' | 'read';
  asyncFileUpload(param: {
    file: Blob;
    fileType?: string;
    toType: 'rosterAvatar' | 'chat' | 'groupAvatar';
    to_id?: number;
    group_id?: number;
    chatType?: 'roster' | 'group';
    processCallback?: FileUploadProgress;
  }): Promise<FileUploadResult>;
  getImage(param: { avatar: string; type?: 'roster' | 'group'; thumbnail?: boolean; sdefault?: string }): string;
  /** Drops the conversation here and, unless `other_devices` is false, on all own devices. The other user keeps his. */
  deleteConversation(id: number, other_devices?: boolean): void;
  asyncGetGroupAvatarUploadUrl(params: { group_id: number }): Promise<FileUpload>;
  asyncGetFileUploadChatFileUrl(params: { file_type: number; to_type: number; to_id: number }): Promise<FileUpload>;
  /** Additive: tries a failed message again, under a new client mid, which it returns. */
  resendMessage(uid: number, mid: Id): number;
  /** Additive: removes a failed message. */
  discardMessage(uid: number, mid: Id): void;
}

const statusNames = ['unread', 'delivered', 'read'] as const;

export function createSysManage(session: Session): SysManage {
  const later = (name: string) => (): never => {
    throw notAvailable(`sysManage.${name}`);
  };
  const asyncLater = (name: string) => () => Promise.reject(notAvailable(`sysManage.${name}`));

  return {
    sendRosterMessage: (msg) => session.required().sending.send(msg),
    sendGroupMessage: later('sendGroupMessage'),
    requireHistoryMessage: (uid, sid, amount) => {
      const page = (async () => session.required().history.page(uid, sid, amount))();
      page.catch(() => {});
      return page;
    },
    sendMentionMessage: later('sendMentionMessage'),
    sendInputStatusMessage: (uid, status) => session.required().sending.typing(uid, status),
    forwardMessage: (param) => {
      if (checkObject(param, 'param').gid !== undefined) throw notAvailable('sysManage.forwardMessage to a group');
      return session.required().sending.forward(param);
    },
    getMessageStatus: (cid, mid, isGroup) => {
      if (isGroup) throw notAvailable('sysManage.getMessageStatus of a group');
      const status = session.account?.messages.status(checkId(cid, 'cid'), checkId(mid, 'mid'));
      return statusNames[status ?? 0];
    },
    asyncFileUpload: asyncLater('asyncFileUpload'),
    getImage: later('getImage'),
    deleteConversation: (id, other_devices) => session.required().operations.deleteConversation(id, other_devices),
    asyncGetGroupAvatarUploadUrl: asyncLater('asyncGetGroupAvatarUploadUrl'),
    asyncGetFileUploadChatFileUrl: asyncLater('asyncGetFileUploadChatFileUrl'),
    resendMessage: (uid, mid) => session.required().sending.resend(uid, mid),
    discardMessage: (uid, mid) => session.required().sending.discard(uid, mid),
  };
}
