import { type EndpointName, rest as endpoints } from '@flooim/protocol';
import type { GroupQueries } from '../group/group-queries.ts';
import type { Groups } from '../group/groups.ts';
import { checkParams } from '../rest/check-params.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Session } from '../session/session.ts';
import type { Transaction } from '../storage/transaction.ts';
import type {
  GroupAnnouncement,
  GroupBanAllResponse,
  GroupInfoAndSettings,
  GroupUserRelationResponse,
} from '../types.ts';
import type { GroupManage } from './group-manage.ts';

type GroupRef = { group_id: number };

/** Methods that are one call to the server, which notices follow. */
const calls = {
  asyncGetAnouncementById: 'groupAnnouncement',
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

interface Change {
  endpoint: EndpointName;
  /** What it does to the caches before its notice comes. */
  apply(groups: Groups, done: Done, tx: Transaction): void;
  /** Asks the server for what it changes. */
  again(queries: GroupQueries, gid: number, groups: Groups): Promise<unknown>;
}

const info: Change['again'] = (queries, gid) => queries.info(gid, true);

/** As long as nobody looked into the group, nobody needs the whole list. */
const members: Change['again'] = async (queries, gid, { opened }) =>
  opened.count(gid) === undefined ? undefined : queries.members(gid);

/** Sets a field of the group's info, to the parameter of this name. */
const sets = (endpoint: EndpointName, field: keyof GroupInfoAndSettings, parameter = 'value'): Change => ({
  endpoint,
  apply: (groups, { gid, params }, tx) =>
    groups.change(gid, { [field]: params[parameter] === '' ? undefined : params[parameter] }, tx),
  again: info,
});

const leaves = (endpoint: EndpointName): Change => ({
  endpoint,
  apply: (groups, { gid }, tx) => groups.leave(gid, tx),
  again: (queries) => queries.ids(true),
});

const succeeded = (answer: unknown): number[] =>
  (answer as GroupUserRelationResponse[]).filter(({ result }) => result === 'success').map(({ user_id }) => user_id);

const removes = (endpoint: EndpointName): Change => ({
  endpoint,
  apply(groups, { gid, answer }, tx) {
    groups.opened.went(gid, succeeded(answer));
    groups.recount(gid, tx);
  },
  again: members,
});

const appoints = (endpoint: EndpointName, areAdmins: boolean): Change => ({
  endpoint,
  apply: (groups, { gid, answer }) => groups.opened.changeAdmins(gid, succeeded(answer), areAdmins),
  again: (queries, gid) => queries.admins(gid),
});

const announces = (endpoint: EndpointName, announced: (done: Done) => { id: number }): Change => ({
  endpoint,
  apply: (groups, done) => groups.opened.announced(done.gid, announced(done)),
  again: (queries, gid) => queries.announcements(gid),
});

/** Methods that are one call to the server, and change something that is seen at once. */
const changes = {
  asyncAdminAdd: appoints('groupAdminAdd', true),
  asyncAdminRemove: appoints('groupAdminRemove', false),
  asyncAnnouncementEdit: announces('groupAnnounce', ({ answer }) => answer as GroupAnnouncement),
  asyncAnouncementDelete: announces('groupAnnouncementDelete', ({ params }) => ({
    id: Number(params['announcement_id']),
  })),
  asyncDestroy: leaves('groupDestroy'),
  asyncLeave: leaves('groupLeave'),
  asyncGroupBlock: removes('groupBlock'),
  asyncKick: removes('groupKick'),
  asyncUpdateAvatar: sets('groupAvatar', 'avatar'),
  asyncUpdateDescription: sets('groupDescription', 'description'),
  asyncUpdateExt: sets('groupExt', 'ext'),
  asyncUpdateName: sets('groupName', 'name'),
  asyncUpdateAllowMemberInvitation: sets('groupAllowInvitation', 'member_invite'),
  asyncUpdateAllowMemberModify: sets('groupAllowModify', 'member_modify'),
  asyncUpdateEnableReadack: sets('groupReadAck', 'read_ack'),
  asyncUpdateHistoryVisible: sets('groupHistoryVisible', 'history_visible'),
  asyncUpdateHideMemberInfo: sets('groupHideMemberInfo', 'hide_member_info'),
  asyncUpdateRequireadminapproval: sets('groupApproval', 'apply_approval', 'apply_approval'),
  asyncGroupMsgMutemode: sets('groupMuteMode', 'msg_mute_mode', 'msg_mute_mode'),
  asyncSetPushMode: sets('groupPushMode', 'msg_push_mode', 'msg_push_mode'),
  asyncOwnerTransfer: sets('groupTransfer', 'owner_id', 'new_owner'),
  asyncBanAll: {
    endpoint: 'groupBanAll',
    apply: (groups, { gid, answer }, tx) => groups.change(gid, answer as GroupBanAllResponse, tx),
    again: info,
  },
  asyncUnBanAll: {
    endpoint: 'groupUnbanAll',
    apply: (groups, { gid }, tx) => groups.change(gid, { ban_expire_time: 0 }, tx),
    again: info,
  },
  asyncUpdateDisplayName: {
    endpoint: 'groupDisplayName',
    apply: (groups, { gid, params }) => groups.setOwnCard(gid, String(params['value'])),
    again: members,
  },
} as const satisfies Partial<Record<keyof GroupManage, Change>>;

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
  const methods = Object.entries<Change>(changes).map(([name, { endpoint, apply, again }]) => {
    const method = async (given: GroupRef) => {
      const { groups, groupQueries } = session.required();
      const params = checkParams(endpoints[endpoint].params, given);
      const gid = Number(params['group_id']);
      return groupQueries.changed(gid, (): Promise<unknown> => rest.call(endpoint, params), {
        apply: (answer, tx) => apply(groups, { gid, params, answer }, tx),
        again: () => again(groupQueries, gid, groups),
      });
    };
    return [name, method];
  });
  return Object.fromEntries(methods) as GroupChanges;
}
