import { type EndpointName, rest as endpoints } from '@flooim/protocol';
import type { Groups } from '../group/groups.ts';
import { checkParams } from '../rest/check-params.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Session } from '../session/session.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { GroupBanAllResponse, GroupInfoAndSettings, GroupUserRelationResponse } from '../types.ts';
import type { GroupManage } from './group-manage.ts';

type GroupRef = { group_id: number };

/** Methods that are one call to the server, which notices follow. */
const calls = {
  asyncAdminAdd: 'groupAdminAdd',
  asyncAdminRemove: 'groupAdminRemove',
  asyncGetAnouncementById: 'groupAnnouncement',
  asyncAnouncementDelete: 'groupAnnouncementDelete',
  asyncAnnouncementEdit: 'groupAnnounce',
  asyncGroupBannedList: 'groupBanned',
  asyncGroupBab: 'groupBan',
  asyncGroupUnban: 'groupUnban',
  asyncApplyHandle: 'groupApplyHandle',
  asyncGroupBockedlist: 'groupBlocked',
  asyncGroupUnblock: 'groupUnblock',
  asyncGetInvitationList: 'groupInvitations',
  asyncInvite: 'groupInvite',
  asyncGetMemberDisplayName: 'groupDisplayNames',
  asncGetApplicationList: 'groupApplications',
  asyncGetFileList: 'groupFiles',
  asyncFileDelete: 'groupFileDelete',
  asyncRenameFile: 'groupFileRename',
  asyncGetPublicGroups: 'groupsPublic',
  asyncCreateCode: 'groupCode',
} as const satisfies Partial<Record<keyof GroupManage, EndpointName>>;

/** A change that the server took. */
interface Done {
  gid: number;
  params: Record<string, unknown>;
  answer: unknown;
}

/** What a change does to the caches before its notice comes. */
type Apply = (groups: Groups, done: Done, tx: Transaction) => void;

const left: Apply = (groups, { gid }, tx) => groups.leave(gid, tx);

const set =
  (field: keyof GroupInfoAndSettings, parameter: string = field): Apply =>
  (groups, { gid, params }, tx) =>
    groups.change(gid, { [field]: params[parameter] === '' ? undefined : params[parameter] }, tx);

const removed: Apply = (groups, { gid, answer }, tx) => {
  const results = answer as GroupUserRelationResponse[];
  const gone = results.filter(({ result }) => result === 'success').map(({ user_id }) => user_id);
  groups.opened.went(gid, gone);
  groups.recount(gid, tx);
};

/** Methods that are one call to the server, and change something that is seen at once. */
const changes = {
  asyncDestroy: ['groupDestroy', left],
  asyncLeave: ['groupLeave', left],
  asyncUpdateAvatar: ['groupAvatar', set('avatar', 'value')],
  asyncUpdateDescription: ['groupDescription', set('description', 'value')],
  asyncUpdateExt: ['groupExt', set('ext', 'value')],
  asyncUpdateName: ['groupName', set('name', 'value')],
  asyncGroupMsgMutemode: ['groupMuteMode', set('msg_mute_mode')],
  asyncSetPushMode: ['groupPushMode', set('msg_push_mode')],
  asyncUpdateAllowMemberInvitation: ['groupAllowInvitation', set('member_invite', 'value')],
  asyncUpdateAllowMemberModify: ['groupAllowModify', set('member_modify', 'value')],
  asyncUpdateEnableReadack: ['groupReadAck', set('read_ack', 'value')],
  asyncUpdateHistoryVisible: ['groupHistoryVisible', set('history_visible', 'value')],
  asyncUpdateHideMemberInfo: ['groupHideMemberInfo', set('hide_member_info', 'value')],
  asyncUpdateRequireadminapproval: ['groupApproval', set('apply_approval')],
  asyncBanAll: ['groupBanAll', (groups, { gid, answer }, tx) => groups.change(gid, answer as GroupBanAllResponse, tx)],
  asyncUnBanAll: ['groupUnbanAll', (groups, { gid }, tx) => groups.change(gid, { ban_expire_time: 0 }, tx)],
  asyncOwnerTransfer: ['groupTransfer', set('owner_id', 'new_owner')],
  asyncGroupBlock: ['groupBlock', removed],
  asyncKick: ['groupKick', removed],
  asyncUpdateDisplayName: [
    'groupDisplayName',
    (groups, done) => groups.setOwnCard(done.gid, String(done.params['value'])),
  ],
} as const satisfies Partial<Record<keyof GroupManage, readonly [EndpointName, Apply]>>;

export type GroupCalls = Pick<GroupManage, keyof typeof calls>;

export function groupCalls(session: Session, rest: RestClient): GroupCalls {
  const methods = Object.entries(calls).map(([name, endpoint]) => {
    const method = async (params: object = {}) => {
      session.required();
      return rest.call(endpoint, params);
    };
    return [name, method];
  });
  return Object.fromEntries(methods) as GroupCalls;
}

export type GroupChanges = Pick<GroupManage, keyof typeof changes>;

/** Their promises resolve when the caches are fresh. */
export function groupChanges(session: Session, rest: RestClient): GroupChanges {
  const methods = Object.entries(changes).map(([name, [endpoint, apply]]) => {
    const method = async (given: GroupRef) => {
      const { groups, groupQueries } = session.required();
      const params = checkParams(endpoints[endpoint].params, given);
      const gid = Number(params['group_id']);
      const send = (): Promise<unknown> => rest.call(endpoint, params);
      return groupQueries.changed(gid, send, (answer, tx) => apply(groups, { gid, params, answer }, tx));
    };
    return [name, method];
  });
  return Object.fromEntries(methods) as GroupChanges;
}
