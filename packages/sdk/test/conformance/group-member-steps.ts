import { conversations, gone, hears, list, members } from './group-sees.ts';
import type { Person, Stage } from './stage.ts';
import { event, interlude, type Sees, step } from './step.ts';

const everybody = 'alice bob carol';

/** Carol comes by invitation, leaves, and comes back by application. */
export async function joiningSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const group = { group_id: gid };
  const invited = { ...group, user_list: [carol.uid], reason: 'come along' };
  const asked = { 'alice carol': hears(stage, { type: 'invited', by: alice, to: [carol], content: 'come along' }) };
  await step(stage, bob.phone, 'groupManage.asyncInvite', [invited], { refused: 20012 });
  await step(stage, alice.phone, 'groupManage.asyncInvite', [invited], {
    gives: [{ user_id: carol.uid, result: 'success' }],
    sees: asked,
  });
  await step(stage, carol.phone, 'groupManage.asyncGetInvitationList', [], {
    gives: [{ group_id: gid, inviter_id: alice.uid, invitee_id: carol.uid, status: 0, reason: 'come along' }],
  });
  const no = { ...group, user_id: alice.uid, approval: false, reason: 'no time' };
  await step(stage, carol.phone, 'groupManage.asyncInviteHandle', [no], {
    gives: true,
    sees: { 'alice carol': hears(stage, { type: 'invite_declined', by: carol, to: [alice], content: 'no time' }) },
  });
  await step(stage, carol.phone, 'groupManage.asyncInviteHandle', [no], { refused: 20015 });
  await step(stage, alice.phone, 'groupManage.asyncInvite', [invited], { sees: asked });
  await step(stage, carol.laptop, 'groupManage.asyncInviteHandle', [{ ...group, user_id: alice.uid, approval: true }], {
    gives: true,
    sees: {
      [everybody]: hears(stage, { type: 'invite_accepted', by: carol, to: [alice] }, 'onGroupJoined'),
      'alice bob': members(stage),
      carol: { ...list, ...conversations },
    },
  });
  await step(stage, carol.phone, 'groupManage.asyncLeave', [group], {
    gives: true,
    sees: { [everybody]: hears(stage, { type: 'leaved', by: carol }), 'alice bob': members(stage), carol: gone(stage) },
  });
  await step(stage, alice.phone, 'groupManage.asyncLeave', [group], { refused: 20004 });
  await applyingSteps(stage);
}

async function applyingSteps(stage: Stage): Promise<void> {
  const { alice, carol, gid } = stage;
  const application = { group_id: gid, reason: 'it is me' };
  const applied = { alice: hears(stage, { type: 'applyed', by: carol, content: 'it is me' }) };
  const handle = { group_id: gid, user_id: carol.uid };
  await step(stage, carol.phone, 'groupManage.asyncApply', [application], {
    gives: { user_id: carol.uid, result: 'success' },
    sees: applied,
  });
  await step(stage, alice.laptop, 'groupManage.asncGetApplicationList', [{ group_list: [gid] }], {
    gives: [{ group_id: gid, applicant_id: carol.uid, status: 0, reason: 'it is me' }],
  });
  await step(stage, alice.phone, 'groupManage.asyncApplyHandle', [{ ...handle, approval: false, reason: 'full' }], {
    gives: { user_id: carol.uid, result: 'success' },
    sees: {
      'alice carol': hears(
        stage,
        { type: 'apply_declined', by: alice, to: [carol], content: 'full' },
        'onGroupApplyDeclined',
      ),
    },
  });
  await step(stage, carol.phone, 'groupManage.asyncApply', [application], { sees: applied });
  await step(stage, alice.phone, 'groupManage.asyncApplyHandle', [{ ...handle, approval: true }], {
    gives: { user_id: carol.uid, result: 'success' },
    sees: {
      'alice carol': hears(stage, { type: 'apply_accepted', by: alice, to: [carol] }, 'onGroupApplyAccepted'),
      [everybody]: hears(stage, { type: 'joined', by: carol }, 'onGroupJoined'),
      'alice bob': members(stage),
      carol: { ...list, ...conversations },
    },
  });
  await step(stage, alice.phone, 'groupManage.asyncApplyHandle', [{ ...handle, approval: true }], { refused: 20014 });
  await step(stage, carol.phone, 'groupManage.asyncApply', [application], { refused: 20017 });
}

/** Roles and bans. */
export async function roleSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const group = { group_id: gid };
  const one = (person: Person) => ({ ...group, user_list: [person.uid] });
  const done = (person: Person) => [{ user_id: person.uid, result: 'success' }];
  const role = (type: 'admin_granted' | 'admin_revoked', to: Person): Record<string, Sees> => ({
    [everybody]: { ...hears(stage, { type, by: alice, to: [to] }), ...members(stage) },
  });
  await step(stage, bob.phone, 'groupManage.asyncAdminAdd', [one(carol)], { refused: 20013 });
  await step(stage, alice.phone, 'groupManage.asyncAdminAdd', [one(bob)], {
    gives: done(bob),
    sees: role('admin_granted', bob),
  });
  await step(stage, carol.phone, 'groupManage.asyncGetAdminList', [group], { gives: [{ user_id: bob.uid }] });
  await step(stage, alice.phone, 'groupManage.asyncAdminAdd', [one(carol)], { sees: role('admin_granted', carol) });
  await step(stage, alice.phone, 'groupManage.asyncAdminRemove', [one(carol)], {
    gives: done(carol),
    sees: role('admin_revoked', carol),
  });

  await interlude(stage, async () => {
    await carol.phone.im.groupManage.asyncUpdateDisplayName({ ...group, value: 'Caro' });
    await carol.phone.im.userManage.asyncUpdateAvatar({ avatar: 'https://example.org/carol.png' });
  });
  const ban = { type: 'banned', by: bob, to: [carol], content: '10' } as const;
  await step(stage, bob.phone, 'groupManage.asyncGroupBab', [{ ...one(carol), duration: 10 }], {
    gives: done(carol),
    sees: { [everybody]: hears(stage, ban, 'onGroupBaned') },
  });
  await step(stage, bob.laptop, 'groupManage.asyncGroupBannedList', [group], {
    gives: [{ user_id: carol.uid, display_name: 'Caro', expired_time: (time: number) => time > Date.now() }],
  });
  await event(stage, 'carol speaks though she is banned', () => speak(stage), refusedAs('USER_BANNED'));
  await step(stage, bob.phone, 'groupManage.asyncGroupUnban', [one(carol)], {
    gives: done(carol),
    sees: { [everybody]: hears(stage, { type: 'unbanned', by: bob, to: [carol] }, 'onGroupUnbaned') },
  });
  await banAllSteps(stage);
}

async function banAllSteps(stage: Stage): Promise<void> {
  const { bob, gid } = stage;
  const told = (until: number, event: 'onGroupBaned' | 'onGroupUnbaned'): Record<string, Sees> => {
    const content = JSON.stringify({ property: 'ban_expire_time', ban_expire_time: until });
    return { [everybody]: { ...hears(stage, { type: 'info_updated', by: bob, content }, event), ...list } };
  };
  await step(stage, bob.phone, 'groupManage.asyncBanAll', [{ group_id: gid, duration: -1 }], {
    gives: { ban_expire_time: -1 },
    sees: told(-1, 'onGroupBaned'),
  });
  await event(stage, 'carol speaks though all are banned', () => speak(stage), refusedAs('USER_BANNED'));
  await step(stage, bob.phone, 'groupManage.asyncUnBanAll', [{ group_id: gid }], {
    gives: true,
    sees: told(0, 'onGroupUnbaned'),
  });
}

function speak({ carol, gid }: Stage): number {
  return carol.phone.im.sysManage.sendGroupMessage({ gid: String(gid), content: 'may I?' });
}

function refusedAs(category: 'USER_BANNED'): Record<string, Sees> {
  return {
    'carol.phone': {
      onSendingMessageStatusChanged: [{ status: 'sending' }, { status: 'failed' }],
      flooError: { category },
      ...conversations,
    },
  };
}

/** Carol is removed, barred, let in again; the group gets another owner and ends. */
export async function endSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const group = { group_id: gid };
  const one = { ...group, user_list: [carol.uid] };
  const done = [{ user_id: carol.uid, result: 'success' }];
  await step(stage, bob.phone, 'groupManage.asyncKick', [{ ...group, user_list: [alice.uid] }], {
    gives: [{ user_id: alice.uid, result: 'fail' }],
  });
  await step(stage, bob.phone, 'groupManage.asyncKick', [{ ...one, reason: 'too loud' }], {
    gives: done,
    sees: {
      [everybody]: hears(stage, { type: 'kicked', by: bob, to: [carol], content: 'too loud' }),
      'alice bob': members(stage),
      carol: { ...list },
    },
  });
  await step(stage, bob.phone, 'groupManage.asyncGroupBlock', [one], {
    gives: done,
    sees: { 'alice bob': hears(stage, { type: 'blocked', by: bob, to: [carol] }) },
  });
  await step(stage, alice.phone, 'groupManage.asyncGroupBockedlist', [group], {
    gives: [{ user_id: carol.uid, group_id: gid }],
  });
  await step(stage, carol.phone, 'groupManage.asyncApply', [group], { refused: 20018 });
  await step(stage, bob.phone, 'groupManage.asyncGroupUnblock', [one], {
    gives: done,
    sees: { 'alice bob': hears(stage, { type: 'unblocked', by: bob, to: [carol] }) },
  });
  await step(stage, alice.phone, 'groupManage.asyncOwnerTransfer', [{ ...group, new_owner: bob.uid }], {
    gives: { user_id: bob.uid, result: 'success' },
    sees: {
      'alice bob': { ...hears(stage, { type: 'owner_assigned', by: alice, to: [bob] }), ...list, ...members(stage) },
    },
  });
  await step(stage, alice.phone, 'groupManage.asyncDestroy', [group], { refused: 20013 });
  await step(stage, bob.phone, 'groupManage.asyncDestroy', [group], {
    gives: true,
    sees: {
      'alice bob': { ...hears(stage, { type: 'destroyed', by: bob }, 'onGroupDestoryed'), ...gone(stage) },
    },
  });
  await step(stage, alice.laptop, 'groupManage.asyncGetUserJoined', [{}], { gives: [] });
}
