import { OperationType } from '@flooim/protocol';
import { checkId } from '../check.ts';
import type { FileLinks } from '../file/file-links.ts';
import { checkConversation } from '../message/check-peer.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Account } from '../session/account.ts';
import type { Session } from '../session/session.ts';
import type {
  AppConfig,
  ConversationRef,
  FileLink,
  FileUpload,
  FileUploadParam,
  FileUploadResult,
  FileUrlParam,
  GroupMessage,
  HistoryPage,
  Id,
  ImageParam,
  MentionMessage,
  MessageEdit,
  RosterMessage,
  SentMessage,
} from '../types.ts';

/** Sending, history and conversations. */
export interface SysManage extends Files, Promised {
  /**
   * Queues the message and returns its client mid at once; it is stored before it is sent, and sent again until the
   * server took or refused it, also after a reload. `onSendingMessageStatusChanged` tells the outcome.
   */
  sendRosterMessage(msg: RosterMessage): number;
  /** As `sendRosterMessage`, to a group. Who is banned there hears so by `flooError` `USER_BANNED`. */
  sendGroupMessage(msg: GroupMessage): number;
  /**
   * Fetches up to `amount` (default 20, at most 200) messages older than `sid` (0: from the newest), of a user or a group,
   * and adds them to what `getRosterMessageByRid` or `getGruopMessage` gives. Fires `onReceiveHistoryMsg`; the promise
   * (additive) gives the page itself.
   */
  requireHistoryMessage(uid: number, sid?: Id, amount?: number): Promise<HistoryPage>;
  /** A text to a group whose members, all or some, hear of it by `onMentionMessage` besides. */
  sendMentionMessage(params: MentionMessage): number;
  /** Tells the peer that the user types. Lost when not online, never stored. */
  sendInputStatusMessage(uid: number, status: 'nothing' | 'typing'): number;
  /**
   * Sends a message that this device has once more, without its `config`, to a user or a group. One that is in the device's
   * store alone is looked for there first: it fails, like any message, when it is not.
   */
  forwardMessage(param: ConversationRef & { mid: Id }): number;
  /**
   * How far an own message has come: for messages of others always whether the user read it. In a group that tells who read
   * it is `read` as soon as one member did, and never `delivered`. One that is not among what `getRosterMessageByRid` or
   * `getGruopMessage` gives is taken for an own one.
   */
  getMessageStatus(cid: number, mid: Id, isGroup?: boolean): 'unread' | 'delivered' | 'read';
  /** Drops the conversation here and, unless `other_devices` is false, on all own devices. The other user keeps his. */
  deleteConversation(id: number, other_devices?: boolean): void;
  /** Additive: tries a failed message again, under a new client mid, which it returns. */
  resendMessage(uid: number, mid: Id): number;
  /** Additive: removes a failed message. */
  discardMessage(uid: number, mid: Id): void;
  /**
   * Additive: the members who read an own message, in a group that tells (`read_ack`), as far as this device has heard. Who
   * read a later one counts as reader of the earlier ones.
   */
  getMessageReaders(gid: number, mid: Id): number[];
  /**
   * Additive: adds to an own message that was sent. Queued like a message: in order with the others, once, also after a
   * reload. It shows when the server took it, by `onMessageEdited`; a refusal comes as `flooError`. Returns its client mid.
   */
  appendMessageContent(params: MessageEdit): number;
  /** Additive: as `appendMessageContent`, in place of what the message says. */
  replaceMessage(params: MessageEdit): number;
}

/** Files: up to the server, and the links under which they are found again. */
interface Files {
  /**
   * Uploads a file and gives its link; the message, avatar or list that it is for is a call of its own. A cut does not end it:
   * it goes on where it was, as long as it gets further, and at once when the network is back. Three go up at the same time,
   * the others wait in order. Rejects with `INVALID_PARAMETER` where the file cannot be sent, `REJECTED` where the server
   * refuses it (too large, no room, not allowed there, no picture), `NETWORK` or `TIMEOUT` where no server is found to begin
   * with or after minutes in which nothing arrived, and with `CANCELED` on `signal`, `logout()` or `dispose()`.
   */
  asyncFileUpload(param: FileUploadParam): Promise<FileUploadResult>;
  /**
   * What an `img` shows, from what a profile tells as `avatar`: a path of the page and a link to anywhere else as they are, an
   * uploaded picture from the host that this client talks to, with a credential that opens files and nothing else and ends with
   * the login (the token itself where a server of another make has no such credential). `sdefault` where there is nothing to
   * show, or nobody is signed in.
   */
  getImage(param: ImageParam): string;
  /** For those who upload by themselves: one form, with all of `oss_body_param` and, last, `file`. */
  asyncGetGroupAvatarUploadUrl(params: { group_id: number }): Promise<FileUpload>;
  /** As `asyncGetGroupAvatarUploadUrl`. The types are 100 any file, 101 AMR, 102 picture, 103 video, 104 MP3; 200 to 203 shared. */
  asyncGetFileUploadChatFileUrl(params: { file_type: number; to_type: number; to_id: number }): Promise<FileUpload>;
  /** Additive: as `getImage`, of a message's attachment or a shared file; an empty string where it cannot be opened. */
  getFileUrl(param: FileUrlParam): string;
  /** Additive: a link that opens for whoever has it, for a few minutes and as long as the user may read the file. */
  asyncGetFileLink(params: { url: string; save?: boolean }): Promise<FileLink>;
  /** Additive: what the server allows, the largest file in bytes among it; nobody need be signed in. */
  asyncGetAppConfig(): Promise<AppConfig>;
}

/**
 * Additive: the same calls for those who wait. They resolve when the server has it on disk, however many reconnects that
 * takes. They reject with `REJECTED`, `status` and the server's words, or what else it said (`USER_BANNED`, ...); with
 * `CANCELED` when the conversation is deleted or the login ends before the answer, which leaves a message in the outbox.
 */
interface Promised {
  asyncSendRosterMessage(msg: RosterMessage): Promise<SentMessage>;
  asyncSendGroupMessage(msg: GroupMessage): Promise<SentMessage>;
  asyncSendMentionMessage(params: MentionMessage): Promise<SentMessage>;
  asyncForwardMessage(param: ConversationRef & { mid: Id }): Promise<SentMessage>;
  asyncRecallMessage(params: ConversationRef & { mid: Id }): Promise<SentMessage>;
  asyncAppendMessageContent(params: MessageEdit): Promise<SentMessage>;
  asyncReplaceMessage(params: MessageEdit): Promise<SentMessage>;
}

const statusNames = ['unread', 'delivered', 'read'] as const;

export function createSysManage(session: Session, rest: RestClient, fileLinks: FileLinks): SysManage {
  return {
    sendRosterMessage: (msg) => session.required().sending.send(msg),
    sendGroupMessage: (msg) => session.required().sending.sendToGroup(msg),
    requireHistoryMessage: (uid, sid, amount) => {
      const page = (async () => session.required().history.page(uid, sid, amount))();
      page.catch(() => {});
      return page;
    },
    sendMentionMessage: (params) => session.required().sending.mention(params),
    sendInputStatusMessage: (uid, status) => session.required().sending.typing(uid, status),
    forwardMessage: (param) => session.required().sending.forward(param),
    getMessageStatus: (cid, mid) => {
      const status = session.account?.messages.status(checkId(cid, 'cid'), checkId(mid, 'mid'));
      return statusNames[status ?? 0];
    },
    deleteConversation: (id, other_devices) => session.required().operations.deleteConversation(id, other_devices),
    resendMessage: (uid, mid) => session.required().sending.resend(uid, mid),
    discardMessage: (uid, mid) => session.required().sending.discard(uid, mid),
    getMessageReaders: (gid, mid) => session.account?.readers.of(checkId(gid, 'gid'), checkId(mid, 'mid')) ?? [],
    appendMessageContent: (params) => session.required().operations.edit(OperationType.APPEND, params),
    replaceMessage: (params) => session.required().operations.edit(OperationType.REPLACE, params),
    ...files(session, rest, fileLinks),
    ...promised(session),
  };
}

function files(session: Session, rest: RestClient, fileLinks: FileLinks): Files {
  return {
    asyncFileUpload: async (param) => session.required().uploads.upload(param),
    getImage: (param) => fileLinks.image(param),
    asyncGetGroupAvatarUploadUrl: async (params) => {
      session.required();
      return rest.call('fileUploadGroupAvatar', params);
    },
    asyncGetFileUploadChatFileUrl: async (params) => {
      session.required();
      return rest.call('fileUploadChat', params);
    },
    getFileUrl: (param) => fileLinks.file(param),
    asyncGetFileLink: async (params) => {
      session.required();
      return fileLinks.signed(params);
    },
    asyncGetAppConfig: async () => {
      session.checkOpen();
      return rest.call('appConfig', {});
    },
  };
}

function promised(session: Session): Promised {
  /** Waits for what becomes of the send that the call makes. */
  const outcome = async (send: (account: Account) => number): Promise<SentMessage> => {
    const account = session.required();
    return account.outcomes.of(send(account));
  };
  return {
    asyncSendRosterMessage: (msg) => outcome(({ sending }) => sending.send(msg)),
    asyncSendGroupMessage: (msg) => outcome(({ sending }) => sending.sendToGroup(msg)),
    asyncSendMentionMessage: (params) => outcome(({ sending }) => sending.mention(params)),
    asyncForwardMessage: (param) => outcome(({ sending }) => sending.forward(param)),
    asyncRecallMessage: (params) =>
      outcome(({ operations, uid }) => {
        const { id } = checkConversation(uid, params, 'params');
        return operations.recall(id, checkId(params.mid, 'params.mid'));
      }),
    asyncAppendMessageContent: (params) => outcome(({ operations }) => operations.edit(OperationType.APPEND, params)),
    asyncReplaceMessage: (params) => outcome(({ operations }) => operations.edit(OperationType.REPLACE, params)),
  };
}
