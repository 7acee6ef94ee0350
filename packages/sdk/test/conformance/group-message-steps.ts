import type { Meta } from 'flooim';
import type { Actor, Person, Stage } from './stage.ts';
import { anything, interlude, type Sees, step } from './step.ts';

/** What a message to the group shows, everywhere. */
function talk({ gid, alice, bob, carol }: Stage, sender: Actor, message: Partial<Meta>): Record<string, Sees> {
  const people = [alice, bob, carol];
  const from = people.find(({ phone, laptop }) => phone === sender || laptop === sender) as Person;
  const other = sender === from.phone ? from.laptop : from.phone;
  const told: Partial<Meta> = { ...message, from: String(from.uid), to: String(gid), toType: 'group' };
  const rest = people.filter((person) => person !== from).map(({ name }) => name);
  return {
    [sender.name]: { onSendingMessageStatusChanged: [{ status: 'sending' }, { status: 'sent' }] },
    [other.name]: { onGroupMessage: told },
    [rest.join(' ')]: { onGroupMessage: { ...told, status: 0 }, onUnreadChange: gid },
    'alice bob carol': { recentlistUpdate: anything },
  };
}

const ref = ({ gid }: Stage, mid: string) => ({ uid: String(gid), mid });

/** What is said in the group, to all of it and to some. */
export async function groupMessageSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const plain = { gid: String(gid), content: 'up we go', ext: { height: 3 } };
  await step(stage, alice.phone, 'sysManage.sendGroupMessage', [plain], {
    gives: (mid: number) => mid > 0,
    sees: talk(stage, alice.phone, { content: 'up we go', ext: { height: 3 }, type: 'text' }),
  });
  await step(stage, bob.laptop, 'groupManage.getGruopMessage', [gid], {
    gives: [{ content: 'up we go', toType: 'group', from: String(alice.uid) }],
  });
  await step(stage, carol.phone, 'groupManage.getUnreadCount', [gid], { gives: 1 });
  const mention = { gid, txt: 'bob, are you there?', mentionList: [bob.uid], senderNickname: 'Al' };
  const toBob = { content: 'bob, are you there?' };
  await step(stage, alice.laptop, 'sysManage.sendMentionMessage', [mention], {
    sees: { ...talk(stage, alice.laptop, toBob), bob: { onMentionMessage: toBob } },
  });
  const toAll = { content: 'all of you' };
  await step(stage, carol.laptop, 'sysManage.sendMentionMessage', [{ gid, txt: 'all of you', mentionAll: true }], {
    sees: {
      ...talk(stage, carol.laptop, toAll),
      'alice bob': { onMentionMessage: toAll, onGroupMessage: toAll, onUnreadChange: gid },
    },
  });
  const mid = Number(alice.phone.im.groupManage.getGruopMessage(gid)[0]?.id);
  await step(stage, alice.phone, 'sysManage.forwardMessage', [{ gid, mid }], {
    sees: talk(stage, alice.phone, { content: 'up we go', ext: { height: 3 } }),
  });
  await readingSteps(stage);
}

async function readingSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const [first, second, third] = alice.phone.im.groupManage.getGruopMessage(gid) as [Meta, Meta, Meta];
  await step(stage, bob.phone, 'groupManage.readGroupMessage', [gid, Number(first.id)], {
    sees: {
      bob: { onUnreadChange: gid, onMessageStatusChanged: ref(stage, first.id) },
      alice: { onMessageStatusChanged: ref(stage, first.id) },
    },
  });
  await step(stage, alice.laptop, 'sysManage.getMessageStatus', [gid, Number(first.id), true], { gives: 'read' });
  await step(stage, alice.laptop, 'sysManage.getMessageStatus', [gid, Number(second.id), true], { gives: 'unread' });
  await step(stage, bob.laptop, 'groupManage.getUnreadCount', [gid], { gives: 3 });
  await step(stage, bob.laptop, 'groupManage.recallMessage', [gid, Number(third.id)], {
    sees: recalled(stage, third.id, 'alice bob'),
  });
  await step(stage, carol.phone, 'groupManage.recallMessage', [gid, Number(first.id)], {
    sees: { 'carol.phone': { flooError: { category: 'MESSAGE' } } },
  });
  await step(stage, alice.phone, 'groupManage.recallMessage', [gid, Number(second.id)], {
    sees: recalled(stage, second.id, 'bob carol'),
  });
  await interlude(stage, () => carol.phone.im.groupManage.readGroupMessage(gid));
  await step(stage, carol.laptop, 'groupManage.getUnreadCount', [gid], { gives: 0 });
  await step(stage, carol.laptop, 'groupManage.getGruopMessage', [gid], {
    gives: [{ id: first.id }, { content: 'up we go' }],
  });
}

/** By its sender or, here, by an administrator; those who had not read it have one less to read. */
function recalled(stage: Stage, mid: string, unreadOf: string): Record<string, Sees> {
  const told = ref(stage, mid);
  return {
    'alice bob carol': { onMessageRecalled: told, onMessageStatusChanged: told },
    [unreadOf]: { onUnreadChange: stage.gid },
  };
}
