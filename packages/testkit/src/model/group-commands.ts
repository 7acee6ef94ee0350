import assert from 'node:assert/strict';
import { type ErrorName, errors } from '@flooim/protocol';
import fc from 'fast-check';
import type { GroupUserRelationResponse } from 'flooim';
import { type UserName, userNames } from '../users.ts';
import { type Command, codeOf, commands, expectCode } from './command.ts';
import { Group } from './group.ts';
import type { Model } from './model.ts';
import { groupNames } from './place.ts';
import type { World } from './world.ts';

/** Somebody does something in a group, perhaps to somebody. */
interface Act {
  by: UserName;
  group: string;
}
interface ActOn extends Act {
  whom: UserName;
}

const user = fc.constantFrom(...userNames);
const act = { by: user, group: fc.constantFrom(...groupNames) };
const acts = fc.record(act);
const actsOn = fc.record({ ...act, whom: user });

const exists = (model: Model, { by, group }: Act) => model.groups.has(group) && model.isReachable(by);
const manage = (world: World, { by }: Act) => world.anyOf(by).im.groupManage;
const code = (reason: ErrorName | undefined) => (reason ? errors[reason].code : 0);

/** What the group says before anything is done; true when it is done. */
async function allowed(
  call: Promise<unknown>,
  refusal: ErrorName | undefined,
  { by, group }: Act,
  what: string,
): Promise<boolean> {
  expectCode(await codeOf(call), code(refusal), `${by} who ${what} ${group}`);
  return refusal === undefined;
}

const create = commands('createGroup', fc.record({ ...act, whom: fc.option(user, { nil: undefined }) }), {
  can: (model, { by, group }) => !model.groups.has(group) && model.isReachable(by),
  async run(model, world, args) {
    const { by, group: name, whom } = args;
    await world.landed();
    const user_list = whom ? [world.uids[whom]] : [];
    const info = await manage(world, args).asyncCreate({ name, user_list });
    const group = new Group(info.group_id, name, by);
    model.groups.set(name, group);
    if (whom && whom !== by) bring(model, group, by, whom);
  },
});

/** Whoever need not be asked is in. */
function bring(model: Model, group: Group, inviter: UserName, whom: UserName): ErrorName | undefined {
  const isBlocked = model.blocks(inviter, whom) || model.blocks(whom, inviter);
  const refused = group.refusalToAdmit(whom) ?? (isBlocked ? 'blocked' : undefined);
  if (refused) return refused;
  if (!model.wantsToBeAsked[whom]) group.admit(whom);
  else {
    const isOther = (one: { inviter: UserName; invitee: UserName }) => one.inviter !== inviter || one.invitee !== whom;
    group.invitations = [...group.invitations.filter(isOther), { inviter, invitee: whom, status: 'pending' }];
  }
  return undefined;
}

const askMe = commands('askMe', fc.record({ by: user, wants: fc.boolean() }), {
  can: (model, { by, wants }) => model.isReachable(by) && model.wantsToBeAsked[by] !== wants,
  async run(model, world, { by, wants }) {
    await world.anyOf(by).im.userManage.asyncUpdateSettings({ group_confirm: wants });
    model.wantsToBeAsked[by] = wants;
  },
});

/** A call for a list of one user, which says for him whether it was done. */
function towardsOne(
  name: string,
  rule: {
    call(
      world: World,
      args: ActOn,
      users: { group_id: number; user_list: number[] },
    ): Promise<GroupUserRelationResponse[]>;
    refusal(group: Group, by: UserName): ErrorName | undefined;
    /** Why it is not done to this one; undefined when it was done. */
    apply(model: Model, group: Group, args: ActOn): ErrorName | boolean | undefined;
  },
): fc.Arbitrary<Command> {
  return commands(name, actsOn, {
    can: exists,
    async run(model, world, args) {
      await world.landed();
      const group = model.group(args.group);
      const users = { group_id: group.gid, user_list: [world.uids[args.whom]] };
      const refusal = rule.refusal(group, args.by);
      let results: GroupUserRelationResponse[] = [];
      const call = rule.call(world, args, users).then((answer) => {
        results = answer;
      });
      if (!(await allowed(call, refusal, args, `${name} ${args.whom}`))) return;
      const failure = rule.apply(model, group, args);
      const isRight = results.length === 1 && results[0]?.result === (failure ? 'fail' : 'success');
      assert.ok(
        isRight,
        `${name} ${JSON.stringify(args)}: ${JSON.stringify(results)}, should be ${failure ?? 'success'}`,
      );
    },
  });
}

const invite = towardsOne('invite', {
  call: (world, args, users) => manage(world, args).asyncInvite(users),
  refusal: (group, by) => group.refusal(by, 'invite'),
  apply: (model, group, { by, whom }) => bring(model, group, by, whom),
});

const answerInvitation = commands('answerInvitation', fc.record({ ...act, whom: user, yes: fc.boolean() }), {
  can: exists,
  async run(model, world, args) {
    const { by, whom, yes } = args;
    await world.landed();
    const group = model.group(args.group);
    const open = group.invitations.findLast(
      ({ inviter, invitee, status }) =>
        invitee === by &&
        status === 'pending' &&
        (whom === by || inviter === whom) &&
        (!yes || group.can(inviter, 'invite')),
    );
    const params = { group_id: group.gid, user_id: world.uids[whom], approval: yes };
    const closed = group.isDissolved ? 'groupNotFound' : open ? undefined : 'groupInvitationClosed';
    const refusal = closed ?? (yes ? group.refusalToAdmit(by) : undefined);
    if (!(await allowed(manage(world, args).asyncInviteHandle(params), refusal, args, 'answers'))) return;
    if (yes) group.admit(by);
    else if (open) open.status = 'declined';
  },
});

const apply = commands('applyToGroup', acts, {
  can: exists,
  async run(model, world, args) {
    await world.landed();
    const group = model.group(args.group);
    const { by } = args;
    const closed = group.approval === 2 ? 'groupRefusesApplications' : undefined;
    const refusal = group.refusal(by, 'apply') ?? group.refusalToAdmit(by) ?? closed;
    const call = manage(world, args).asyncApply({ group_id: group.gid });
    if (!(await allowed(call, refusal, args, 'applies to'))) return;
    if (group.approval === 0) group.admit(by);
    else group.applications.set(by, 'pending');
  },
});

const answerApplication = commands('answerApplication', fc.record({ ...act, whom: user, yes: fc.boolean() }), {
  can: exists,
  async run(model, world, args) {
    await world.landed();
    const { by, whom, yes } = args;
    const group = model.group(args.group);
    const isOpen = group.applications.get(whom) === 'pending';
    const refusal =
      group.refusal(by, 'manageMembers') ??
      (isOpen ? (yes ? group.refusalToAdmit(whom) : undefined) : 'groupApplicationClosed');
    const params = { group_id: group.gid, user_id: world.uids[whom], approval: yes };
    if (!(await allowed(manage(world, args).asyncApplyHandle(params), refusal, args, 'answers'))) return;
    if (yes) group.admit(whom);
    else group.applications.set(whom, 'declined');
  },
});

const leave = commands('leaveGroup', acts, {
  can: exists,
  async run(model, world, args) {
    await world.landed();
    const group = model.group(args.group);
    const call = manage(world, args).asyncLeave({ group_id: group.gid });
    if (await allowed(call, group.refusal(args.by, 'leave'), args, 'leaves')) group.leave(args.by);
  },
});

const destroy = commands('destroyGroup', acts, {
  can: exists,
  async run(model, world, args) {
    await world.landed();
    const group = model.group(args.group);
    const call = manage(world, args).asyncDestroy({ group_id: group.gid });
    if (await allowed(call, group.refusal(args.by, 'destroy'), args, 'destroys')) group.dissolve();
  },
});

const kick = towardsOne('kick', {
  call: (world, args, users) => manage(world, args).asyncKick(users),
  refusal: (group, by) => group.refusal(by, 'manageMembers'),
  apply(_model, group, { by, whom }) {
    if (!group.outranks(by, whom)) return true;
    group.remove(whom);
    return undefined;
  },
});

const bar = towardsOne('bar', {
  call: (world, args, users) => manage(world, args).asyncGroupBlock(users),
  refusal: (group, by) => group.refusal(by, 'manageMembers'),
  apply(_model, group, { by, whom }) {
    if (group.members.has(whom) && !group.outranks(by, whom)) return true;
    if (group.members.has(whom)) group.remove(whom);
    group.barred.add(whom);
    return undefined;
  },
});

const unbar = towardsOne('unbar', {
  call: (world, args, users) => manage(world, args).asyncGroupUnblock(users),
  refusal: (group, by) => group.refusal(by, 'manageMembers'),
  apply(_model, group, { whom }) {
    group.barred.delete(whom);
    return undefined;
  },
});

const ban = towardsOne('ban', {
  call: (world, args, users) => manage(world, args).asyncGroupBab({ ...users, duration: -1 }),
  refusal: (group, by) => group.refusal(by, 'manageMembers'),
  apply(_model, group, { by, whom }) {
    if (!group.outranks(by, whom)) return true;
    group.banned.add(whom);
    return undefined;
  },
});

const unban = towardsOne('unban', {
  call: (world, args, users) => manage(world, args).asyncGroupUnban(users),
  refusal: (group, by) => group.refusal(by, 'manageMembers'),
  apply(_model, group, { by, whom }) {
    if (!group.outranks(by, whom)) return true;
    group.banned.delete(whom);
    return undefined;
  },
});

const promote = towardsOne('promote', {
  call: (world, args, users) => manage(world, args).asyncAdminAdd(users),
  refusal: (group, by) => group.refusal(by, 'manageAdmins'),
  apply(_model, group, { by, whom }) {
    if (!group.outranks(by, whom)) return true;
    group.admins.add(whom);
    return undefined;
  },
});

const demote = towardsOne('demote', {
  call: (world, args, users) => manage(world, args).asyncAdminRemove(users),
  refusal: (group, by) => group.refusal(by, 'manageAdmins'),
  apply(_model, group, { by, whom }) {
    if (!group.outranks(by, whom)) return true;
    group.admins.delete(whom);
    return undefined;
  },
});

const transfer = commands('transfer', actsOn, {
  can: exists,
  async run(model, world, args) {
    const { by, whom } = args;
    const group = model.group(args.group);
    const isThere = group.members.has(whom);
    const refusal = group.refusal(by, 'transfer') ?? (isThere ? undefined : 'transferNotAllowed');
    const call = manage(world, args).asyncOwnerTransfer({ group_id: group.gid, new_owner: world.uids[whom] });
    if (!(await allowed(call, refusal, args, 'hands over'))) return;
    group.owner = whom;
    group.admins.delete(whom);
  },
});

/** One of the group's settings, by the method that changes it. */
type Setting = 'asyncUpdateEnableReadack' | 'asyncUpdateHistoryVisible' | 'asyncUpdateAllowMemberInvitation';

const settings = {
  asyncUpdateEnableReadack: 'readAck',
  asyncUpdateHistoryVisible: 'historyVisible',
  asyncUpdateAllowMemberInvitation: 'memberInvite',
} as const satisfies Record<Setting, keyof Group>;

const setting = fc.constantFrom(...(Object.keys(settings) as Setting[]));

const change = commands('changeGroup', fc.record({ ...act, setting, value: fc.boolean() }), {
  can: exists,
  async run(model, world, args) {
    await world.landed();
    const group = model.group(args.group);
    const call = manage(world, args)[args.setting]({ group_id: group.gid, value: args.value });
    const refusal = group.refusal(args.by, 'changeSettings');
    if (await allowed(call, refusal, args, 'changes')) group[settings[args.setting]] = args.value;
  },
});

const approvals = fc.record({ ...act, mode: fc.constantFrom<(0 | 1 | 2)[]>(0, 1, 2) });

const approval = commands('changeApproval', approvals, {
  can: exists,
  async run(model, world, args) {
    const group = model.group(args.group);
    const params = { group_id: group.gid, apply_approval: args.mode };
    const call = manage(world, args).asyncUpdateRequireadminapproval(params);
    const refusal = group.refusal(args.by, 'changeSettings');
    if (await allowed(call, refusal, args, 'changes')) group.approval = args.mode;
  },
});

let names = 0;

const rename = commands('renameGroup', acts, {
  can: exists,
  async run(model, world, args) {
    const group = model.group(args.group);
    const name = `name ${++names}`;
    const call = manage(world, args).asyncUpdateName({ group_id: group.gid, value: name });
    if (await allowed(call, group.refusal(args.by, 'modifyInfo'), args, 'renames')) group.name = name;
  },
});

const banAll = commands('banAll', fc.record({ ...act, value: fc.boolean() }), {
  can: exists,
  async run(model, world, args) {
    await world.landed();
    const group = model.group(args.group);
    const { asyncBanAll, asyncUnBanAll } = manage(world, args);
    const group_id = group.gid;
    const call = args.value ? asyncBanAll({ group_id, duration: -1 }) : asyncUnBanAll({ group_id });
    const refusal = group.refusal(args.by, 'manageMembers');
    if (await allowed(call, refusal, args, 'silences')) group.isBannedForAll = args.value;
  },
});

const mutes = fc.record({ ...act, mode: fc.constantFrom<(0 | 1 | 2)[]>(0, 1, 2, 2) });

const mute = commands('muteGroup', mutes, {
  // Nobody has something to say in it yet.
  can: (model, args) => exists(model, args) && model.devicesOf(args.by).every(({ isAway }) => !isAway),
  async run(model, world, args) {
    await world.landed();
    const group = model.group(args.group);
    const call = manage(world, args).asyncGroupMsgMutemode({ group_id: group.gid, msg_mute_mode: args.mode });
    const refusal = group.refusal(args.by, 'setOwnCard');
    if (await allowed(call, refusal, args, 'mutes')) group.members.set(args.by, args.mode);
  },
});

export const groupCommands = [
  ...[create, create, askMe, invite, invite, invite, answerInvitation, answerInvitation],
  ...[apply, apply, answerApplication, leave, destroy, kick, bar, unbar, ban, unban],
  ...[promote, promote, demote, transfer, change, change, approval, rename, banAll, mute, mute],
];
