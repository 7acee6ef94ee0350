import { callRest } from '@flooim/testkit';
import type { Stage } from './stage.ts';
import { event, type Sees, step } from './step.ts';

/** Which of them is told, and to what end, is for whoever listens: all that is said is that something is new. */
const own: Sees = { flooNotice: { category: 'userNotice', desc: 'INFO_UPDATED' } };

/** The signed-in user's own profile and settings. */
export async function userSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol } = stage;
  const seenByFriends: Sees = { onRosterInfoUpdate: { rosterIds: [alice.uid] } };
  await step(stage, alice.phone, 'userManage.getUid', [], { gives: alice.uid });
  await step(stage, alice.phone, 'userManage.getAppid', [], { gives: 'flooim' });
  await step(stage, alice.phone, 'userManage.getToken', [], {
    gives: (token: string) => /^[a-z]\S{20,}$/i.test(token),
  });

  await step(stage, alice.phone, 'userManage.asyncUpdateNickName', [{ nick_name: 'Alice L.' }], {
    gives: true,
    sees: { alice: own, 'bob carol': seenByFriends },
  });
  await step(stage, bob.laptop, 'rosterManage.getRosterInfo', [alice.uid], { gives: { nick_name: 'Alice L.' } });
  await step(stage, alice.phone, 'userManage.asyncUpdateAvatar', [{ avatar: 'https://example.org/alice.png' }], {
    gives: true,
    sees: { alice: own, 'bob carol': seenByFriends },
  });
  const profile = { description: 'a tester', public_info: 'for all', private_info: 'for me' };
  await step(stage, alice.laptop, 'userManage.asyncUpdateProfile', [profile], {
    gives: true,
    sees: { alice: own, 'bob carol': seenByFriends },
  });
  // Nothing of the documentation sets it.
  const token = alice.phone.im.userManage.getToken();
  const mobile = '+4915100000000';
  const setMobile = () => callRest(stage.server.url, 'userMobile', { mobile }, { token });
  await event(stage, 'alice gives her mobile number', setMobile, { alice: own });
  const whole = { ...profile, mobile, user_id: alice.uid, username: 'alice', nick_name: 'Alice L.' };
  await step(stage, alice.phone, 'userManage.asyncGetProfile', [], { gives: whole });
  await step(stage, alice.laptop, 'rosterManage.asyncGetUserProfile', [true], { gives: whole });
  await step(stage, carol.phone, 'rosterManage.asyncGetRosterInfo', [alice.uid, true], {
    gives: { public_info: 'for all', description: 'a tester', avatar: 'https://example.org/alice.png' },
  });

  const settings = { auth_mode: 1, no_sounds: true, no_push_start_hour: 22, no_push_end_hour: 7 } as const;
  await step(stage, alice.phone, 'userManage.asyncUpdateSettings', [settings], { gives: true, sees: { alice: own } });
  await step(stage, alice.phone, 'userManage.asyncUpdateSettings', [{ push_nick_name: 'Al', push_token: 'abc' }], {
    gives: true,
    sees: { alice: own },
  });
  await step(stage, alice.laptop, 'userManage.asyncGetSettings', [], {
    gives: { ...settings, user_id: alice.uid, push_nick_name: 'Al', group_confirm: false },
  });
  await step(stage, carol.laptop, 'userManage.asyncGetSettings', [], {
    gives: { auth_mode: 2, auth_question: 'Where from?', auth_answer: 'Lyon' },
  });
  await step(stage, alice.phone, 'userManage.getConversationList', [], {
    gives: (list: unknown[]) => Array.isArray(list),
  });
  await step(stage, alice.phone, 'userManage.asyncUpdateSettings', [{ auth_mode: 0 }], { sees: { alice: own } });
}
