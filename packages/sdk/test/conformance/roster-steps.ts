import type { Stage } from './stage.ts';
import { anything, event, interlude, type Sees, step } from './step.ts';

const roster = (type: string, from: number, to: number, content = ''): Sees => ({
  onRosterListUpdate: { type, from: String(from), to: String(to), content, toType: 'roster' } as never,
  onRosterInfoUpdate: anything,
});

/** Asking to be friends: every way that it can come out. */
export async function applicationSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol } = stage;
  await interlude(stage, () => bob.phone.im.userManage.asyncUpdateSettings({ auth_mode: 1 }));

  const application = { user_id: bob.uid, alias: 'bobby', reason: 'it is me' };
  await step(stage, alice.phone, 'rosterManage.asyncApply', [application], {
    gives: true,
    sees: { bob: roster('applied', alice.uid, bob.uid, 'it is me') },
  });
  await step(stage, bob.laptop, 'rosterManage.asyncGetApplyList', [{ cursor: 0 }], {
    gives: [{ user_id: alice.uid, status: 0, reason: 'it is me' }],
  });
  await step(stage, bob.phone, 'rosterManage.asyncDecline', [{ user_id: alice.uid, reason: 'who?' }], {
    gives: true,
    sees: { 'alice bob': roster('declined', bob.uid, alice.uid, 'who?') },
  });
  await step(stage, bob.phone, 'rosterManage.asyncAccept', [{ user_id: alice.uid }], { refused: 10007 });
  await step(stage, alice.phone, 'rosterManage.asyncApply', [{ user_id: bob.uid, alias: 'bobby' }], {
    gives: true,
    sees: { bob: roster('applied', alice.uid, bob.uid) },
  });
  await step(stage, bob.laptop, 'rosterManage.asyncAccept', [{ user_id: alice.uid }], {
    gives: true,
    sees: { 'alice bob': roster('accepted', bob.uid, alice.uid) },
  });
  await step(stage, alice.phone, 'rosterManage.asyncApply', [{ user_id: bob.uid }], { refused: 10005 });

  // Who need not be asked is a friend at once, and each side hears of the other.
  await step(stage, alice.phone, 'rosterManage.asyncApply', [{ user_id: carol.uid }], {
    gives: true,
    sees: { alice: roster('added', carol.uid, alice.uid), carol: roster('added', alice.uid, carol.uid) },
  });
  await questionSteps(stage);
}

async function questionSteps(stage: Stage): Promise<void> {
  const { bob, carol } = stage;
  const question = { auth_mode: 2, auth_question: 'Where from?', auth_answer: 'Lyon' } as const;
  await interlude(stage, () => carol.phone.im.userManage.asyncUpdateSettings(question));
  await step(stage, bob.phone, 'rosterManage.asyncSearchRosterById', [{ user_id: carol.uid }], {
    gives: { user_id: carol.uid, auth_mode: 2, auth_question: 'Where from?', relation: 2 },
  });
  await step(stage, bob.phone, 'rosterManage.asyncApply', [{ user_id: carol.uid, auth_answer: 'Nice' }], {
    refused: 10002,
  });
  await step(stage, bob.phone, 'rosterManage.asyncApply', [{ user_id: carol.uid, auth_answer: ' Lyon ' }], {
    gives: true,
    sees: { bob: roster('added', carol.uid, bob.uid), carol: roster('added', bob.uid, carol.uid) },
  });
}

/** What is known of people, and what one notes about them. */
export async function rosterSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol } = stage;
  const isFriend = { user_id: bob.uid, username: 'bob', alias: 'bobby', relation: 0 };
  await step(stage, alice.phone, 'rosterManage.asyncGetRosterIdList', [true], { gives: [bob.uid, carol.uid] });
  await step(stage, alice.laptop, 'rosterManage.asyncGetRosterIdList', [false], { gives: [bob.uid, carol.uid] });
  await step(stage, alice.phone, 'rosterManage.asyncGetRosterInfo', [bob.uid, true], { gives: isFriend });
  await step(stage, alice.laptop, 'rosterManage.getRosterInfo', [bob.uid], { gives: isFriend });
  await step(stage, alice.phone, 'rosterManage.getAllRosterDetail', [], {
    gives: (all: { user_id: number }[]) => [bob, carol].every(({ uid }) => all.some((item) => item.user_id === uid)),
  });
  await step(stage, alice.phone, 'rosterManage.asnycGetRosterListDetailByIds', [[bob.uid, 999_999]], {
    gives: [isFriend],
  });
  await step(stage, alice.phone, 'rosterManage.asyncSearchRosterByName', [{ username: 'carol' }], {
    gives: { user_id: carol.uid, relation: 0 },
  });
  await step(stage, alice.phone, 'rosterManage.asyncSearchRosterByName', [{ username: 'nobody' }], { refused: 10000 });

  const noted = { rosterIds: [bob.uid] };
  await step(stage, alice.phone, 'rosterManage.asyncUpdateRosterExt', [{ user_id: bob.uid, ext: 'a good one' }], {
    gives: true,
    sees: { alice: { onRosterInfoUpdate: noted } },
  });
  const about = { user_id: bob.uid, alias: 'Robert', mute_notification: true };
  await step(stage, alice.phone, 'rosterManage.asyncUpdateRosterExt', [about], {
    gives: true,
    // What is muted is marked in the list.
    sees: { alice: { onRosterInfoUpdate: noted, recentlistUpdate: anything } },
  });
  await step(stage, alice.laptop, 'rosterManage.getRosterInfo', [bob.uid], {
    gives: { alias: 'Robert', ext: 'a good one', mute_notification: true },
  });
}

/** Refusing a person, and no longer being friends. */
export async function blockSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol } = stage;
  await step(stage, alice.phone, 'rosterManage.asyncBlockeAdd', [{ user_id: bob.uid }], {
    gives: true,
    sees: { alice: roster('blocked', alice.uid, bob.uid) },
  });
  await step(stage, alice.laptop, 'rosterManage.asyncGetBlockedlist', [{}], { gives: [bob.uid] });
  await step(stage, alice.laptop, 'rosterManage.getRosterInfo', [bob.uid], { gives: { relation: 3 } });
  await step(stage, bob.laptop, 'rosterManage.asyncGetRosterInfo', [alice.uid, true], { gives: { relation: 0 } });
  await event(stage, 'bob writes to alice, who blocked him', () => say(stage), {
    'bob.phone': {
      onSendingMessageStatusChanged: [
        { status: 'sending' },
        { status: 'failed', reason: 'you have been blocked by the recipient' },
      ],
      flooError: { category: 'MESSAGE', desc: 'you have been blocked by the recipient' },
      recentlistUpdate: anything,
    },
  });
  await step(stage, alice.laptop, 'rosterManage.asyncBlockeRemove', [{ user_id: bob.uid }], {
    gives: true,
    sees: { alice: roster('unblocked', alice.uid, bob.uid) },
  });
  await step(stage, alice.phone, 'rosterManage.asyncGetBlockedlist', [{}], { gives: [] });

  await step(stage, alice.phone, 'rosterManage.asyncDeleteRoster', [{ user_id: carol.uid }], {
    gives: true,
    sees: {
      'alice carol': roster('removed', alice.uid, carol.uid),
      alice: {
        flooNotice: { category: 'conversation_deleted', desc: { id: carol.uid, source: 'user_operation' } },
        recentlistUpdate: anything,
        onUnreadChange: carol.uid,
      },
    },
  });
  await step(stage, alice.laptop, 'rosterManage.getRosterInfo', [carol.uid], { gives: { relation: 1 } });
  await step(stage, carol.laptop, 'rosterManage.asyncGetRosterIdList', [false], { gives: [bob.uid] });
}

function say({ bob, alice }: Stage): number {
  return bob.phone.im.sysManage.sendRosterMessage({ uid: String(alice.uid), content: 'are you there?' });
}
