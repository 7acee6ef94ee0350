import type { Meta } from 'flooim';
import type { Actor, Person, Stage } from './stage.ts';
import { anything, event, interlude, type Sees, step } from './step.ts';

/** What a message between two people shows, everywhere. */
export function talk(sender: Actor, from: Person, to: Person, message: Partial<Meta>): Record<string, Sees> {
  const told: Partial<Meta> = { ...message, from: String(from.uid), to: String(to.uid), toType: 'roster' };
  const other = sender === from.phone ? from.laptop : from.phone;
  return {
    [sender.name]: { onSendingMessageStatusChanged: [{ status: 'sending' }, { status: 'sent' }] },
    [other.name]: { onRosterMessage: told },
    // It reached the other's devices.
    [from.name]: { onMessageStatusChanged: { uid: String(to.uid) }, recentlistUpdate: anything },
    [to.name]: { onRosterMessage: { ...told, status: 0 }, onUnreadChange: from.uid, recentlistUpdate: anything },
  };
}

const newest = (of: Actor, with_: Person) => of.im.rosterManage.getRosterMessageByRid(with_.uid).at(-1) as Meta;

/** From one person to another: sending in all shapes. */
export async function messageSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol } = stage;
  const plain = { uid: String(bob.uid), content: 'hello' };
  await step(stage, alice.phone, 'sysManage.sendRosterMessage', [plain], {
    gives: (mid: number) => mid > 0,
    sees: talk(alice.phone, alice, bob, { content: 'hello', type: 'text' }),
  });
  const picture = {
    uid: String(bob.uid),
    type: 'image',
    content: 'look',
    ext: { album: 'summer' },
    attachment: { url: 'https://example.org/p.png', width: 4, height: 3 },
  } as const;
  await step(stage, alice.laptop, 'sysManage.sendRosterMessage', [picture], {
    sees: talk(alice.laptop, alice, bob, {
      content: 'look',
      type: 'image',
      ext: { album: 'summer' },
      attach: picture.attachment,
    }),
  });
  await step(stage, bob.laptop, 'rosterManage.getRosterMessageByRid', [alice.uid], {
    gives: [{ content: 'hello' }, { content: 'look', type: 'image', attach: picture.attachment }],
  });
  await step(stage, bob.laptop, 'rosterManage.getUnreadCount', [alice.uid], { gives: 2 });
  await step(stage, carol.phone, 'rosterManage.getUnreadCount', [alice.uid], { gives: 0 });
  await step(stage, bob.phone, 'userManage.getConversationList', [], {
    gives: [{ id: alice.uid, content: 'look', type: 'roster', unread: 2 }],
  });
  const told = Number(newest(alice.phone, bob).id);
  await step(stage, alice.phone, 'sysManage.getMessageStatus', [bob.uid, told, false], { gives: 'delivered' });
  await step(stage, alice.phone, 'sysManage.forwardMessage', [{ uid: carol.uid, mid: told }], {
    gives: (mid: number) => mid > 0,
    sees: talk(alice.phone, alice, carol, { content: 'look', type: 'image', attach: picture.attachment }),
  });
  const typing = { ext: '{"input_status":"typing"}', from: String(alice.uid), to: String(bob.uid) };
  await step(stage, alice.phone, 'sysManage.sendInputStatusMessage', [bob.uid, 'typing'], {
    sees: { bob: { onInputStatusMessage: typing } },
  });
  await step(stage, alice.phone, 'sysManage.sendInputStatusMessage', [bob.uid, 'nothing'], {
    sees: { bob: { onInputStatusMessage: { ...typing, ext: '{"input_status":"nothing"}' } } },
  });
}

/** Reading, taking back, deleting; then the way back into the past. */
export async function operationSteps(stage: Stage): Promise<void> {
  const { alice, bob } = stage;
  const [first, second] = alice.phone.im.rosterManage.getRosterMessageByRid(bob.uid) as [Meta, Meta];
  const of = (person: Person, mid: string) => ({ uid: String(person.uid), mid });
  await step(stage, bob.phone, 'rosterManage.readRosterMessage', [alice.uid, Number(first.id)], {
    sees: {
      bob: { onUnreadChange: alice.uid, onMessageStatusChanged: of(alice, first.id) },
      alice: { onMessageStatusChanged: of(bob, first.id) },
    },
  });
  await step(stage, bob.laptop, 'rosterManage.getUnreadCount', [alice.uid], { gives: 1 });
  await step(stage, bob.laptop, 'rosterManage.readRosterMessage', [alice.uid, Number(second.id)], {
    sees: {
      bob: { onUnreadChange: alice.uid, onMessageStatusChanged: of(alice, second.id) },
      alice: { onMessageStatusChanged: of(bob, second.id) },
    },
  });
  await step(stage, alice.laptop, 'sysManage.getMessageStatus', [bob.uid, Number(second.id), false], { gives: 'read' });
  await step(stage, bob.phone, 'rosterManage.unreadMessage', [alice.uid, Number(first.id)], {
    sees: { bob: { onMessageCanceled: of(alice, first.id), onUnreadChange: alice.uid } },
  });
  await step(stage, bob.laptop, 'rosterManage.getUnreadCount', [alice.uid], { gives: 1 });
  await step(stage, alice.phone, 'rosterManage.recallMessage', [bob.uid, Number(first.id)], {
    sees: {
      alice: { onMessageRecalled: of(bob, first.id), onMessageStatusChanged: of(bob, first.id) },
      bob: {
        onMessageRecalled: of(alice, first.id),
        onMessageStatusChanged: of(alice, first.id),
        onUnreadChange: alice.uid,
      },
    },
  });
  await step(stage, bob.phone, 'rosterManage.recallMessage', [alice.uid, Number(second.id)], {
    sees: { 'bob.phone': { flooError: { category: 'MESSAGE' } } },
  });
  await step(stage, bob.laptop, 'rosterManage.deleteMessage', [alice.uid, Number(second.id)], {
    sees: {
      bob: {
        onMessageDeleted: of(alice, second.id),
        onMessageStatusChanged: of(alice, second.id),
        recentlistUpdate: anything,
      },
    },
  });
  await step(stage, alice.phone, 'rosterManage.getRosterMessageByRid', [bob.uid], { gives: [{ id: second.id }] });
  await step(stage, bob.phone, 'rosterManage.getRosterMessageByRid', [alice.uid], { gives: [] });
}

/** Older messages, and a conversation that goes. */
export async function historySteps(stage: Stage): Promise<void> {
  const { alice, bob } = stage;
  await interlude(stage, () => {
    for (let i = 1; i <= 5; i++) alice.phone.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `message ${i}` });
  });
  await step(stage, bob.phone, 'sysManage.requireHistoryMessage', [alice.uid, 0, 3], {
    gives: { messages: [{ content: 'message 3' }, { content: 'message 4' }, { content: 'message 5' }] },
    sees: { 'bob.phone': { onReceiveHistoryMsg: (res) => res.next > 0 } },
  });
  const oldest = Number(bob.phone.im.rosterManage.getRosterMessageByRid(alice.uid)[2]?.id);
  await step(stage, bob.phone, 'sysManage.requireHistoryMessage', [alice.uid, oldest, 10], {
    gives: { messages: [{ content: 'message 1' }, { content: 'message 2' }], next: 0 },
    sees: { 'bob.phone': { onReceiveHistoryMsg: { next: 0 } } },
  });
  const gone = { category: 'conversation_deleted', desc: { id: alice.uid, source: 'user_operation' } } as const;
  const seen: Sees = { flooNotice: gone, recentlistUpdate: anything, onUnreadChange: alice.uid };
  await step(stage, bob.phone, 'sysManage.deleteConversation', [alice.uid, true], { sees: { bob: seen } });
  await step(stage, bob.laptop, 'userManage.getConversationList', [], { gives: [] });
  await event(
    stage,
    'alice writes again',
    () => alice.phone.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'again' }),
    talk(alice.phone, alice, bob, { content: 'again' }),
  );
  await step(stage, bob.phone, 'sysManage.deleteConversation', [alice.uid, false], { sees: { 'bob.phone': seen } });
  await step(stage, bob.laptop, 'userManage.getConversationList', [], { gives: [{ id: alice.uid, content: 'again' }] });
}
