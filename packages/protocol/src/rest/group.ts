import { limits } from '../limits.ts';
import type {
  GroupAnnouncement,
  GroupApplication,
  GroupBanAllResponse,
  GroupBlockedListItem,
  GroupCode,
  GroupInfoAndSettings,
  GroupInvitation,
  GroupListDetail,
  GroupMember,
  GroupMemberBanned,
  GroupSharedFile,
  GroupSharedFileResponse,
  GroupUserRelationResponse,
} from '../types.ts';
import { endpoint, GET, POST, REMOVE, UPDATE } from './endpoint.ts';
import { filled, flag, id, ids, must, page, position, text, whole } from './schemas.ts';

const group = { group_id: must(id) };
const users = { ...group, user_list: must(ids) };
const setting = { ...group, value: must(flag) };
/** Minutes; -1: for ever. */
const duration = must(whole(-1, limits.banMinutes));

/** Groups. Who may do what is in `permissions.ts`. */
export const groups = {
  groupCreate: endpoint<GroupInfoAndSettings>()(POST, '/group/create', 'body', 'user', {
    name: must(filled(limits.groupNameChars)),
    description: text(limits.descriptionChars),
    avatar: text(limits.urlChars),
    type: whole(0, 2),
    user_list: ids,
  }),
  groupDestroy: endpoint<boolean>()(REMOVE, '/group/destroy', 'query', 'user', group),
  groupInfo: endpoint<GroupInfoAndSettings>()(GET, '/group/info', 'query', 'user', group),
  groupSettings: endpoint<GroupInfoAndSettings>()(GET, '/group/settings', 'query', 'user', group),
  groupInfoBatch: endpoint<GroupListDetail[]>()(POST, '/group/info/batch', 'body', 'user', {
    group_list: must(ids),
  }),
  groupName: endpoint<boolean>()(UPDATE, '/group/info/name', 'body', 'user', {
    ...group,
    value: must(filled(limits.groupNameChars)),
  }),
  groupDescription: endpoint<boolean>()(UPDATE, '/group/info/description', 'body', 'user', {
    ...group,
    value: must(text(limits.descriptionChars)),
  }),
  groupAvatar: endpoint<boolean>()(UPDATE, '/group/info/avatar', 'body', 'user', {
    ...group,
    value: must(text(limits.urlChars)),
  }),
  groupExt: endpoint<boolean>()(UPDATE, '/group/info/ext', 'body', 'user', {
    ...group,
    value: must(text(limits.groupExtChars)),
  }),
  groupDisplayName: endpoint<boolean>()(UPDATE, '/group/display_name', 'body', 'user', {
    ...group,
    value: must(text(limits.nicknameChars)),
  }),

  groupsJoined: endpoint<number[]>()(GET, '/group/user_joined', 'query', 'user', {}),
  groupsPublic: endpoint<number[]>()(GET, '/group/public_list', 'query', 'user', page),
  groupMembers: endpoint<GroupMember[]>()(GET, '/group/member_list', 'query', 'user', { ...group, ...page }),
  /** Deployed clients name all members. */
  groupDisplayNames: endpoint<GroupMember[]>()(POST, '/group/members/display_name', 'body', 'user', {
    ...group,
    user_list: must({ type: 'array', items: id, maxItems: limits.groupMembersMax }),
  }),
  groupAdmins: endpoint<GroupMember[]>()(GET, '/group/admin_list', 'query', 'user', group),
  groupAdminAdd: endpoint<GroupUserRelationResponse[]>()(POST, '/group/admin/add', 'body', 'user', users),
  groupAdminRemove: endpoint<GroupUserRelationResponse[]>()(REMOVE, '/group/admin/remove', 'body', 'user', users),
  groupTransfer: endpoint<GroupUserRelationResponse>()(UPDATE, '/group/transfer', 'body', 'user', {
    ...group,
    new_owner: must(id),
  }),

  groupApply: endpoint<GroupUserRelationResponse>()(POST, '/group/apply', 'body', 'user', {
    ...group,
    reason: text(limits.reasonChars),
  }),
  groupApplications: endpoint<GroupApplication[]>()(POST, '/group/application_list', 'body', 'user', {
    ...page,
    group_list: must(ids),
  }),
  groupApplyHandle: endpoint<GroupUserRelationResponse>()(UPDATE, '/group/apply/handle', 'body', 'user', {
    ...group,
    user_id: must(id),
    approval: must(flag),
    reason: text(limits.reasonChars),
  }),
  groupInvite: endpoint<GroupUserRelationResponse[]>()(POST, '/group/invite', 'body', 'user', {
    ...users,
    reason: text(limits.reasonChars),
  }),
  groupInvitations: endpoint<GroupInvitation[]>()(GET, '/group/invitation_list', 'query', 'user', page),
  /** `user_id`: the inviter, or the caller himself for his newest invitation. */
  groupInviteHandle: endpoint<boolean>()(UPDATE, '/group/invite/handle', 'body', 'user', {
    ...group,
    user_id: must(id),
    approval: must(flag),
    reason: text(limits.reasonChars),
  }),
  groupLeave: endpoint<boolean>()(REMOVE, '/group/leave', 'query', 'user', group),
  groupKick: endpoint<GroupUserRelationResponse[]>()(REMOVE, '/group/kick', 'body', 'user', {
    ...users,
    reason: text(limits.reasonChars),
  }),
  groupBlock: endpoint<GroupUserRelationResponse[]>()(POST, '/group/block', 'body', 'user', users),
  groupUnblock: endpoint<GroupUserRelationResponse[]>()(REMOVE, '/group/unblock', 'body', 'user', users),
  groupBlocked: endpoint<GroupBlockedListItem[]>()(GET, '/group/blocked_list', 'query', 'user', { ...group, ...page }),
  groupBan: endpoint<GroupUserRelationResponse[]>()(POST, '/group/ban', 'body', 'user', { ...users, duration }),
  groupUnban: endpoint<GroupUserRelationResponse[]>()(POST, '/group/unban', 'body', 'user', users),
  groupBanned: endpoint<GroupMemberBanned[]>()(GET, '/group/banned_list', 'query', 'user', { ...group, ...page }),

  groupBanAll: endpoint<GroupBanAllResponse>()(POST, '/group/settings/ban_all', 'body', 'user', { ...group, duration }),
  groupUnbanAll: endpoint<boolean>()(POST, '/group/settings/unban_all', 'body', 'user', group),
  groupAllowInvitation: endpoint<boolean>()(UPDATE, '/group/settings/allow_member_invitation', 'body', 'user', setting),
  groupAllowModify: endpoint<boolean>()(UPDATE, '/group/settings/allow_member_modify', 'body', 'user', setting),
  groupReadAck: endpoint<boolean>()(UPDATE, '/group/settings/enable_read_ack', 'body', 'user', setting),
  groupHistoryVisible: endpoint<boolean>()(UPDATE, '/group/settings/history_visible', 'body', 'user', setting),
  groupHideMemberInfo: endpoint<boolean>()(UPDATE, '/group/settings/hide_member_info', 'body', 'user', setting),
  groupApproval: endpoint<boolean>()(UPDATE, '/group/settings/require_admin_approval', 'body', 'user', {
    ...group,
    apply_approval: must(whole(0, 2)),
  }),
  groupMuteMode: endpoint<boolean>()(UPDATE, '/group/msg/mute_mode', 'body', 'user', {
    ...group,
    msg_mute_mode: must(whole(0, 2)),
  }),
  groupPushMode: endpoint<boolean>()(UPDATE, '/group/msg/push_mode', 'body', 'user', {
    ...group,
    msg_push_mode: must(whole(-1_000_000, 1_000_000)),
  }),
  groupNotDisturb: endpoint<boolean>()(POST, '/group/msg/not_disturb', 'body', 'user', setting),

  groupAnnouncements: endpoint<GroupAnnouncement[]>()(GET, '/group/announcement/list', 'query', 'user', group),
  groupAnnouncement: endpoint<GroupAnnouncement>()(GET, '/group/announcement', 'query', 'user', {
    ...group,
    announcement_id: must(id),
  }),
  groupAnnouncementLast: endpoint<GroupAnnouncement>()(GET, '/group/announcement/last', 'query', 'user', group),
  groupAnnounce: endpoint<GroupAnnouncement>()(POST, '/group/announcement/edit', 'body', 'user', {
    ...group,
    title: must(filled(limits.announcementTitleChars)),
    content: must(text(limits.announcementChars)),
  }),
  groupAnnouncementDelete: endpoint<boolean>()(REMOVE, '/group/announcement/delete', 'query', 'user', {
    ...group,
    announcement_id: must(id),
  }),

  groupFiles: endpoint<GroupSharedFile[]>()(GET, '/group/file/list', 'query', 'user', group),
  groupFile: endpoint<GroupSharedFile>()(GET, '/group/file', 'query', 'user', { ...group, file_id: must(id) }),
  groupFileShare: endpoint<GroupSharedFile>()(POST, '/group/file/upload', 'body', 'user', {
    ...group,
    name: must(filled(limits.fileNameChars)),
    size: must(position),
    url: must(filled(limits.urlChars)),
    type: text(64),
  }),
  groupFileRename: endpoint<boolean>()(UPDATE, '/group/file/update_name', 'body', 'user', {
    ...group,
    file_id: must(id),
    name: must(filled(limits.fileNameChars)),
  }),
  groupFileDelete: endpoint<GroupSharedFileResponse[]>()(REMOVE, '/group/file/delete', 'body', 'user', {
    ...group,
    file_list: must(ids),
  }),

  groupCode: endpoint<GroupCode>()(GET, '/group/qrcode/sign', 'query', 'user', group),
  groupCodeJoin: endpoint<boolean>()(POST, '/group/qrcode/invite', 'body', 'user', { qr_info: must(filled(512)) }),
} as const;
