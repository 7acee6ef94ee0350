import { notAvailable } from '../errors.ts';
import type {
  BriefGroupInfoAndSettings,
  GroupAnnouncement,
  GroupApplication,
  GroupBanAllResponse,
  GroupBannedMemberRequest,
  GroupBlockedListItem,
  GroupInfoAndSettings,
  GroupInfoRequest,
  GroupInvitation,
  GroupMember,
  GroupMemberBanned,
  GroupSharedFile,
  GroupSharedFileResponse,
  GroupUserRelationResponse,
  Meta,
} from '../types.ts';

/** Groups. Nothing of it is available in this version: every call throws or rejects with `NOT_AVAILABLE`. */
export interface GroupManage {
  asyncGetGroupInfo(group_id: number, froce?: boolean): Promise<GroupInfoAndSettings>;
  asyncGetJoinedGroups(froce?: boolean): Promise<number[]>;
  openGroup(group_id: number): void;
  getAllGroupDetail(): Record<number, GroupInfoAndSettings>;
  asyncGetGroupMembers(group_id: number): Promise<GroupMember[]>;
  getGroupMembers(group_id: number): GroupMember[];
  asyncGetGroupListDetail(gids: number[]): Promise<BriefGroupInfoAndSettings[]>;
  getGruopMessage(gid: number): Meta[];
  asyncGetInfo(params: { group_id: number }): Promise<GroupInfoAndSettings>;
  asyncGetMemberList(param: { group_id: number }): Promise<GroupMember[]>;
  readGroupMessage(group_id: number, mid: number): void;
  recallMessage(uid: number, mid: number): void;
  getUnreadCount(gid: number): number;
  asyncGetAdminList(params: { group_id: number }): Promise<GroupMember[]>;
  asyncAdminAdd(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncAdminRemove(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncGetAnouncementById(params: { group_id: number; announcement_id: number }): Promise<GroupAnnouncement>;
  asyncAnouncementDelete(params: { group_id: number; announcement_id: number }): Promise<boolean>;
  asyncAnnouncementEdit(params: { group_id: number; title: string; content: string }): Promise<GroupAnnouncement>;
  asyncGetAnnouncementList(params: { group_id: number }): Promise<GroupAnnouncement[]>;
  asyncCreate(params: GroupInfoRequest): Promise<GroupInfoAndSettings>;
  asyncDestroy(params: { group_id: number }): Promise<boolean>;
  asyncUpdateAvatar(params: { group_id: number; value: string }): Promise<boolean>;
  asyncUpdateDescription(params: { group_id: number; value: string }): Promise<boolean>;
  asyncUpdateExt(params: { group_id: number; value: string }): Promise<boolean>;
  asyncUpdateName(params: { group_id: number; value: string }): Promise<boolean>;
  asyncGroupMsgMutemode(params: { group_id: number; msg_mute_mode: number }): Promise<boolean>;
  asyncGroupBannedList(params: { group_id: number }): Promise<GroupMemberBanned[]>;
  asyncGroupBab(params: GroupBannedMemberRequest): Promise<GroupUserRelationResponse[]>;
  asyncGroupUnban(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncGetSettings(group_id: number): Promise<GroupInfoAndSettings>;
  asyncUpdateAllowMemberInvitation(params: { group_id: number; value: boolean }): Promise<boolean>;
  asyncUpdateAllowMemberModify(params: { group_id: number; value: boolean }): Promise<boolean>;
  asyncUpdateEnableReadack(params: { group_id: number; value: boolean }): Promise<boolean>;
  asyncUpdateHistoryVisible(params: { group_id: number; value: boolean }): Promise<boolean>;
  asyncUpdateRequireadminapproval(params: { group_id: number; apply_approval: number }): Promise<boolean>;
  asyncBanAll(params: { duration: number; group_id: number }): Promise<GroupBanAllResponse>;
  asyncUnBanAll(params: { group_id: number }): Promise<boolean>;
  asyncOwnerTransfer(params: { group_id: number; new_owner: number }): Promise<GroupUserRelationResponse>;
  asyncGetUserJoined(params: Record<string, never>): Promise<number[]>;
  asyncApply(params: { group_id: number; reason?: string }): Promise<GroupUserRelationResponse>;
  asyncApplyHandle(params: {
    group_id: number;
    user_id: number;
    approval: boolean;
  }): Promise<GroupUserRelationResponse>;
  asyncGroupBockedlist(params: { group_id: number }): Promise<GroupBlockedListItem[]>;
  asyncGroupBlock(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncGroupUnblock(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncKick(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncGetInvitationList(): Promise<GroupInvitation[]>;
  asyncInvite(params: { group_id: number; user_list: number[] }): Promise<GroupUserRelationResponse[]>;
  asyncInviteHandle(params: { group_id: number; user_id: number; approval: boolean }): Promise<boolean>;
  asyncGetMemberDisplayName(params: { group_id: number; user_list: number[] }): Promise<GroupMember[]>;
  asyncLeave(params: { group_id: number }): Promise<boolean>;
  asyncUpdateDisplayName(params: { group_id: number; value: string }): Promise<boolean>;
  asncGetApplicationList(params: { group_list: number[] }): Promise<GroupApplication[]>;
  asyncGetFileList(params: { group_id: number }): Promise<GroupSharedFile[]>;
  asyncFileDelete(params: { group_id: number; file_list: number[] }): Promise<GroupSharedFileResponse[]>;
  asyncFileUpload(params: {
    group_id: number;
    name: string;
    size: number;
    type: string;
    url: string;
  }): Promise<GroupSharedFile[]>;
}

const names = [
  'asyncGetGroupInfo',
  'asyncGetJoinedGroups',
  'openGroup',
  'getAllGroupDetail',
  'asyncGetGroupMembers',
  'getGroupMembers',
  'asyncGetGroupListDetail',
  'getGruopMessage',
  'asyncGetInfo',
  'asyncGetMemberList',
  'readGroupMessage',
  'recallMessage',
  'getUnreadCount',
  'asyncGetAdminList',
  'asyncAdminAdd',
  'asyncAdminRemove',
  'asyncGetAnouncementById',
  'asyncAnouncementDelete',
  'asyncAnnouncementEdit',
  'asyncGetAnnouncementList',
  'asyncCreate',
  'asyncDestroy',
  'asyncUpdateAvatar',
  'asyncUpdateDescription',
  'asyncUpdateExt',
  'asyncUpdateName',
  'asyncGroupMsgMutemode',
  'asyncGroupBannedList',
  'asyncGroupBab',
  'asyncGroupUnban',
  'asyncGetSettings',
  'asyncUpdateAllowMemberInvitation',
  'asyncUpdateAllowMemberModify',
  'asyncUpdateEnableReadack',
  'asyncUpdateHistoryVisible',
  'asyncUpdateRequireadminapproval',
  'asyncBanAll',
  'asyncUnBanAll',
  'asyncOwnerTransfer',
  'asyncGetUserJoined',
  'asyncApply',
  'asyncApplyHandle',
  'asyncGroupBockedlist',
  'asyncGroupBlock',
  'asyncGroupUnblock',
  'asyncKick',
  'asyncGetInvitationList',
  'asyncInvite',
  'asyncInviteHandle',
  'asyncGetMemberDisplayName',
  'asyncLeave',
  'asyncUpdateDisplayName',
  'asncGetApplicationList',
  'asyncGetFileList',
  'asyncFileDelete',
  'asyncFileUpload',
] as const satisfies readonly (keyof GroupManage)[];

export function createGroupManage(): GroupManage {
  const later = names.map((name) => {
    const fail = () => notAvailable(`groupManage.${name}`);
    return [name, /^as[yn]*c/.test(name) ? () => Promise.reject(fail()) : () => throwing(fail())];
  });
  return Object.fromEntries(later) as GroupManage;
}

function throwing(error: Error): never {
  throw error;
}
