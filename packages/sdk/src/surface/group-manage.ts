import { groupActions, type RestResponse, toId } from '@flooim/protocol';
import { checkId, checkIds, checkObject, invalid } from '../check.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Session } from '../session/session.ts';
import type {
  GroupAction,
  GroupAnnouncement,
  GroupApplication,
  GroupBanAllResponse,
  GroupBannedMemberRequest,
  GroupBlockedListItem,
  GroupCode,
  GroupInfoAndSettings,
  GroupInfoRequest,
  GroupInvitation,
  GroupListDetail,
  GroupMember,
  GroupMemberBanned,
  GroupRole,
  GroupSharedFile,
  GroupSharedFileResponse,
  GroupUserRelationResponse,
  Id,
  Meta,
} from '../types.ts';
import { type GroupCalls, type GroupChanges, groupCalls, groupChanges } from './group-calls.ts';

type GroupRef = { group_id: number };
type Users = GroupRef & { user_list: number[] };
type Text = GroupRef & { value: string };
type Flag = GroupRef & { value: boolean };
/** `reason` is additive: those concerned read it. */
type Reason = { reason?: string };

/**
 * Groups, their members and what was written in them. Ids are accepted as numbers or decimal strings.
 *
 * A refusal rejects with `REJECTED` and its `serverCode`: 20001 there is no such group (any more), 20011, 20012 or 20013 one has
 * to be a member, an administrator or the owner for it, 10010 not allowed. Calls with a `user_list` answer with one result for
 * each user; `fail` there, with a `reason`, leaves the others as they are. Whatever changes is told to all devices of those whom
 * it concerns, by the documented events and as `onGroupNotice`; a change that changes nothing is told to nobody.
 */
export interface GroupManage {
  /** Any group, also before joining it. `froce`: from the server, else from this device once it knows the whole of it. */
  asyncGetGroupInfo(group_id: number, froce?: boolean): Promise<GroupInfoAndSettings>;
  /** The ids of the groups that the user is in. `froce`: from the server, else from this device once it knows them. */
  asyncGetJoinedGroups(froce?: boolean): Promise<number[]>;
  /**
   * Brings the group's info, members, administrators and announcements to this device, where notices then keep them fresh. Fires
   * `onGroupListUpdate` and `onGroupMemberChanged` when they are here; without a network nothing happens.
   */
  openGroup(group_id: number): void;
  /**
   * By id, every group that this device knows, those too that the user left or only looked at; readable before the network is.
   */
  getAllGroupDetail(): Record<number, GroupInfoAndSettings>;
  /** From the server, with the members' cards; keeps what `getGroupMembers` gives. For members; of chatrooms for everybody. */
  asyncGetGroupMembers(group_id: number): Promise<GroupMember[]>;
  /** As this device knows them: empty until the group was opened or its members were asked for. */
  getGroupMembers(group_id: number): GroupMember[];
  /** From the server, with all that is known of each (additive); ids of groups that do not exist are left out. */
  asyncGetGroupListDetail(gids: number[]): Promise<GroupListDetail[]>;
  /** As `rosterManage.getRosterMessageByRid`, of a group. */
  getGruopMessage(gid: number): Meta[];
  /** From the server. */
  asyncGetInfo(params: GroupRef): Promise<GroupInfoAndSettings>;
  /** As `asyncGetGroupMembers`. */
  asyncGetMemberList(param: GroupRef): Promise<GroupMember[]>;
  /**
   * Marks everything up to `mid` as read, on all devices; `mid` left out: up to the newest message. Where the group's `read_ack`
   * is on, the senders learn of it.
   */
  readGroupMessage(group_id: number, mid?: Id): void;
  /** Takes a message back for everybody, within 5 minutes: an own one, as owner or administrator anyone's. */
  recallMessage(uid: number, mid: Id): void;
  /** Messages from others that were not read. */
  getUnreadCount(gid: number): number;
  /** From the server, without the owner. */
  asyncGetAdminList(params: GroupRef): Promise<GroupMember[]>;
  /** For the owner. Fires `onGroupMemberChanged` at all members, as does `asyncAdminRemove`. */
  asyncAdminAdd(params: Users): Promise<GroupUserRelationResponse[]>;
  asyncAdminRemove(params: Users): Promise<GroupUserRelationResponse[]>;
  /** Rejects with `serverCode` 20020 when there is no such announcement. */
  asyncGetAnouncementById(params: GroupRef & { announcement_id: number }): Promise<GroupAnnouncement>;
  /** For owner and administrators. Fires `onGroupListUpdate`, as does `asyncAnnouncementEdit`. */
  asyncAnouncementDelete(params: GroupRef & { announcement_id: number }): Promise<boolean>;
  /** Always adds an announcement. For owner and administrators, for members where `member_modify` is on. */
  asyncAnnouncementEdit(params: GroupRef & { title: string; content: string }): Promise<GroupAnnouncement>;
  /** From the server, the oldest first. */
  asyncGetAnnouncementList(params: GroupRef): Promise<GroupAnnouncement[]>;
  /**
   * Makes a group that the user owns and invites `user_list`. Fires `onGroupCreated`, and `onGroupJoined` for those who need not be
   * asked. Rejects with `serverCode` 20008 when the user has too many groups.
   */
  asyncCreate(params: GroupInfoRequest): Promise<GroupInfoAndSettings>;
  /** For the owner. Fires `onGroupDestoryed` at all members, whose devices drop the conversation. */
  asyncDestroy(params: GroupRef): Promise<boolean>;
  /** This and the next three: for owner and administrators, for members where `member_modify` is on; `onGroupListUpdate`. */
  asyncUpdateAvatar(params: Text): Promise<boolean>;
  asyncUpdateDescription(params: Text): Promise<boolean>;
  asyncUpdateExt(params: Text): Promise<boolean>;
  asyncUpdateName(params: Text): Promise<boolean>;
  /** What the user himself wants of the group: 0 everything, 1 no notifications, 2 no messages. Known to his devices alone. */
  asyncGroupMsgMutemode(params: GroupRef & { msg_mute_mode: number }): Promise<boolean>;
  /** Who may not send, and until when. */
  asyncGroupBannedList(params: GroupRef): Promise<GroupMemberBanned[]>;
  /** For owner and administrators, towards those below them. Fires `onGroupBaned` at all members. */
  asyncGroupBab(params: GroupBannedMemberRequest): Promise<GroupUserRelationResponse[]>;
  /** Fires `onGroupUnbaned` at all members. */
  asyncGroupUnban(params: Users): Promise<GroupUserRelationResponse[]>;
  /** As `asyncGetInfo`; takes the id alone. */
  asyncGetSettings(group_id: number | GroupRef): Promise<GroupInfoAndSettings>;
  /** This and the next four: for owner and administrators; `onGroupListUpdate`. */
  asyncUpdateAllowMemberInvitation(params: Flag): Promise<boolean>;
  asyncUpdateAllowMemberModify(params: Flag): Promise<boolean>;
  asyncUpdateEnableReadack(params: Flag): Promise<boolean>;
  asyncUpdateHistoryVisible(params: Flag): Promise<boolean>;
  /** 0: whoever applies is in, 1: owner and administrators decide, 2: nobody can apply. */
  asyncUpdateRequireadminapproval(params: GroupRef & { apply_approval: number }): Promise<boolean>;
  /**
   * Only owner and administrators may send, for `duration` minutes, -1: for ever. For owner and administrators. Fires
   * `onGroupListUpdate` and `onGroupBaned`, with `all`.
   */
  asyncBanAll(params: GroupRef & { duration: number }): Promise<GroupBanAllResponse>;
  /** Fires `onGroupListUpdate` and `onGroupUnbaned`, with `all`. */
  asyncUnBanAll(params: GroupRef): Promise<boolean>;
  /** For the owner, who stays as a plain member. Fires `onGroupListUpdate` and `onGroupMemberChanged`. */
  asyncOwnerTransfer(params: GroupRef & { new_owner: number }): Promise<GroupUserRelationResponse>;
  /** As `asyncGetJoinedGroups`, from the server. */
  asyncGetUserJoined(params?: object): Promise<number[]>;
  /**
   * Asks to be let in. By the group's `apply_approval` the user is in at once (`onGroupJoined`), or owner and administrators get
   * the notice `applyed` and decide. Rejects with `serverCode` 20017 who is in already, 20018 who is blocked, 20010 when the
   * group is full, 20016 who was removed too often.
   */
  asyncApply(params: GroupRef & Reason): Promise<GroupUserRelationResponse>;
  /**
   * For owner and administrators; `user_id` applied. Fires `onGroupApplyAccepted` or `onGroupApplyDeclined` at both, and
   * `onGroupJoined` at all members. Rejects with `serverCode` 20014 what was handled already, or expired.
   */
  asyncApplyHandle(
    params: GroupRef & { user_id: number; approval: boolean } & Reason,
  ): Promise<GroupUserRelationResponse>;
  /** For owner and administrators. */
  asyncGroupBockedlist(params: GroupRef): Promise<GroupBlockedListItem[]>;
  /** Removes them, and bars them from coming back. For owner and administrators, towards those below them. */
  asyncGroupBlock(params: Users): Promise<GroupUserRelationResponse[]>;
  /** They may come back, and are not in the group by it. */
  asyncGroupUnblock(params: Users): Promise<GroupUserRelationResponse[]>;
  /**
   * Removes them; who was removed more than three times does not come back. For owner and administrators, towards those below
   * them. Fires `onGroupMemberChanged` at the members and `onGroupListUpdate` at those removed, who keep what was written.
   */
  asyncKick(params: Users & Reason): Promise<GroupUserRelationResponse[]>;
  /** Invitations that the user got, the handled and expired ones too. */
  asyncGetInvitationList(): Promise<GroupInvitation[]>;
  /**
   * For owner and administrators, for members where `member_invite` is on. Who does not want to be asked is in at once
   * (`onGroupJoined`), the others get the notice `invited`.
   */
  asyncInvite(params: Users & Reason): Promise<GroupUserRelationResponse[]>;
  /** Accepts or declines an invitation; `user_id` is the inviter, or the user himself for the newest one. As `asyncApplyHandle`. */
  asyncInviteHandle(params: GroupRef & { user_id: number; approval: boolean } & Reason): Promise<boolean>;
  /** From the server. */
  asyncGetMemberDisplayName(params: Users): Promise<GroupMember[]>;
  /**
   * For all but the owner: he transfers or dissolves it. The user's devices drop the conversation (`onGroupListUpdate`), the
   * members hear `onGroupMemberChanged`.
   */
  asyncLeave(params: GroupRef): Promise<boolean>;
  /** The user's own card, the name that he goes by in this group; empty: none. Fires `onGroupMemberChanged`. */
  asyncUpdateDisplayName(params: Text): Promise<boolean>;
  /** Applications to those of the groups that the user manages. */
  asncGetApplicationList(params: { group_list: number[] }): Promise<GroupApplication[]>;
  asyncGetFileList(params: GroupRef): Promise<GroupSharedFile[]>;
  /** Everybody his own, owner and administrators any. */
  asyncFileDelete(params: GroupRef & { file_list: number[] }): Promise<GroupSharedFileResponse[]>;
  /** Shares a file that was uploaded already, at `url`; the answer holds this one. `size` in bytes. */
  asyncFileUpload(
    params: GroupRef & { name: string; size: number; type: string; url: string },
  ): Promise<GroupSharedFile[]>;

  /** Additive. Everybody his own, owner and administrators any. */
  asyncRenameFile(params: GroupRef & { file_id: number; name: string }): Promise<boolean>;
  /** Additive: groups of type 1, which say that everybody may find them. */
  asyncGetPublicGroups(): Promise<number[]>;
  /** Additive: for which messages the user himself wants pushes, see `msg_push_mode`. */
  asyncSetPushMode(params: GroupRef & { msg_push_mode: number }): Promise<boolean>;
  /** Additive: whether applications should hide who the members are; for owner and administrators. */
  asyncUpdateHideMemberInfo(params: Flag): Promise<boolean>;
  /** Additive: an invitation that can be shown as a code; for those who may invite. */
  asyncCreateCode(params: GroupRef): Promise<GroupCode>;
  /** Additive: joins by such a code. Rejects with `serverCode` 20024 what is none, 20025 one that has expired. */
  asyncJoinByCode(params: { qr_info: string }): Promise<boolean>;
  /** Additive: the announcements of a group that was opened, the oldest first. */
  getAnnouncements(group_id: number): GroupAnnouncement[];
  /**
   * Additive: what somebody is in a group, the user himself when `user_id` is left out. Administrators and other members are
   * known of groups that were opened.
   */
  getRole(group_id: number, user_id?: number): GroupRole;
  /**
   * Additive: may the user do this in the group? As far as this device knows, so that what he may not do can be greyed out; the
   * server decides. `sendMessage` takes bans into account.
   */
  can(group_id: number, action: GroupAction): boolean;
}

export function createGroupManage(session: Session, rest: RestClient): GroupManage {
  return {
    ...groupCalls(session, rest),
    ...groupChanges(session, rest),
    ...conversations(session),
    ...queries(session, rest),
  };
}

type Conversations = 'getGruopMessage' | 'readGroupMessage' | 'recallMessage' | 'getUnreadCount';

function conversations(session: Session): Pick<GroupManage, Conversations> {
  return {
    getGruopMessage: (gid) => session.account?.messages.list(checkId(gid, 'gid')) ?? [],
    readGroupMessage: (group_id, mid) => session.required().operations.read(checkId(group_id, 'group_id'), mid),
    recallMessage: (uid, mid) => session.required().operations.recall(uid, mid),
    getUnreadCount: (gid) => session.account?.unreadCount(checkId(gid, 'gid')) ?? 0,
  };
}

function queries(
  session: Session,
  rest: RestClient,
): Omit<GroupManage, keyof GroupCalls | keyof GroupChanges | Conversations> {
  const known = () => session.account?.groups;
  const ask = () => session.required().groupQueries;
  /** Whether the user is in the group by it depends on others: asks. */
  const joining = async <N extends 'groupApply' | 'groupInviteHandle' | 'groupCodeJoin'>(
    name: N,
    params: object,
  ): Promise<RestResponse<N>> => {
    const queries = ask();
    const answer = await rest.call(name, params);
    await queries.joined(toId((params as Partial<GroupRef>).group_id));
    return answer;
  };
  return {
    asyncGetGroupInfo: async (group_id, froce = false) => ask().info(checkId(group_id, 'group_id'), froce),
    asyncGetInfo: async (params) => ask().info(groupId(params), true),
    asyncGetSettings: async (group) =>
      ask().info(typeof group === 'object' ? groupId(group) : checkId(group, 'group_id'), true),
    asyncGetJoinedGroups: async (froce = false) => ask().ids(froce),
    asyncGetUserJoined: async () => ask().ids(true),
    asyncGetGroupListDetail: async (gids) => ask().infos(checkIds(gids, 'gids')),
    asyncGetGroupMembers: async (group_id) => ask().members(checkId(group_id, 'group_id')),
    asyncGetMemberList: async (param) => ask().members(groupId(param)),
    asyncGetAdminList: async (params) => ask().admins(groupId(params)),
    asyncGetAnnouncementList: async (params) => ask().announcements(groupId(params)),
    openGroup: (group_id) => ask().open(checkId(group_id, 'group_id')),
    getAllGroupDetail: () => known()?.all() ?? {},
    getGroupMembers: (group_id) => known()?.opened.members(checkId(group_id, 'group_id')) ?? [],
    getAnnouncements: (group_id) => known()?.opened.announcements(checkId(group_id, 'group_id')) ?? [],
    getRole: (group_id, user_id) => {
      const uid = user_id === undefined ? undefined : checkId(user_id, 'user_id');
      return known()?.role(checkId(group_id, 'group_id'), uid) ?? 'outsider';
    },
    can: (group_id, action) => known()?.can(checkId(group_id, 'group_id'), checkAction(action)) ?? false,
    asyncCreate: async (params) => ask().create(params),
    asyncApply: (params) => joining('groupApply', params),
    asyncInviteHandle: (params) => joining('groupInviteHandle', params),
    asyncJoinByCode: (params) => joining('groupCodeJoin', params),
    asyncFileUpload: async (params) => {
      session.required();
      return [await rest.call('groupFileShare', params)];
    },
  };
}

function groupId(params: GroupRef): number {
  return checkId(checkObject(params, 'params').group_id, 'params.group_id');
}

function checkAction(action: GroupAction): GroupAction {
  if (!groupActions.includes(action)) throw invalid('action', `one of ${groupActions.join(', ')}`);
  return action;
}
