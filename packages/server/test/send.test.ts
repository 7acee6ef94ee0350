import { ContentType, type Init, type MessageBody, StatusCode } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { bodies, texts } from './support/phone.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat({ messagesPerSec: 10_000, messageBurst: 10_000 });
});
afterAll(() => chat.close());

describe('sending a message', () => {
  test('the answer carries mid and time, and the peer gets the message', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const answer = await alice.text(chat.bob.uid, 'hello');
    expect(answer.status?.code).toBe(StatusCode.OK);
    expect(answer.serverMid).toBeGreaterThan(0);
    expect(Math.abs(answer.serverTime - Date.now())).toBeLessThan(60_000);
    expect(answer.xid?.uid).toBe(chat.bob.uid);
    const push = await bob.pushedText('hello');
    expect(push.metas[0]).toMatchObject({
      id: answer.serverMid,
      from: { uid: chat.alice.uid, deviceSN: alice.raw.deviceSN },
      to: { uid: chat.bob.uid },
      timestamp: answer.serverTime,
    });
    expect(push).toMatchObject({ xid: { uid: chat.alice.uid }, nextKey: answer.serverMid, isEagerSync: true });
  });

  test('all eight types arrive byte for byte', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    for (const ctype of Object.values(ContentType).filter((value) => value <= ContentType.FORWARD)) {
      const body: Init<MessageBody> = {
        ctype,
        content: `type ${ctype} 你好 👋`,
        attachment: JSON.stringify({ url: 'https://example.org/a', fLen: 3 }),
        ext: 'anything, not even JSON',
        config: '{"a":1}',
      };
      await alice.message(chat.bob.uid, body);
      const push = await bob.pushedText(`type ${ctype} 你好 👋`);
      expect(bodies(push)[0]).toMatchObject(body);
    }
  });

  test('the sender’s other device gets it too, the sending one does not', async () => {
    const [alice, tablet] = [await chat.phone(chat.alice), await chat.phone(chat.alice, 'tablet')];
    await alice.text(chat.bob.uid, 'from my phone');
    const push = await tablet.pushedText('from my phone');
    expect(push.xid?.uid).toBe(chat.bob.uid);
    await alice.settle();
    expect(alice.pushed.flatMap(texts)).not.toContain('from my phone');
  });

  test('a repeat gets the first answer and makes no second entry, also after a restart', async () => {
    const alice = await chat.phone(chat.alice);
    const id = 700_001;
    const first = await alice.text(chat.bob.uid, 'once', id);
    const again = await alice.text(chat.bob.uid, 'once', id);
    expect(again).toMatchObject({ serverMid: first.serverMid, serverTime: first.serverTime });
    await chat.restart();
    const later = await chat.phone(chat.alice);
    expect(await later.text(chat.bob.uid, 'once', id)).toMatchObject({ serverMid: first.serverMid });
    const page = await later.history(chat.bob.uid, 0, 100);
    expect(page.metas.filter((meta) => meta.id === first.serverMid)).toHaveLength(1);
    expect(texts(page).filter((text) => text === 'once')).toHaveLength(1);
  });

  test('the same client mid with other content is refused', async () => {
    const alice = await chat.phone(chat.alice);
    await alice.text(chat.bob.uid, 'mine', 800_001);
    const answer = await alice.text(chat.bob.uid, 'not mine', 800_001);
    expect(answer.status).toMatchObject({ code: StatusCode.INVALID_PARAMETER });
    expect(answer.serverMid).toBe(0);
  });

  test('a device’s sends stand in the log in the order it sent them', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const sent = Array.from({ length: 200 }, (_, i) => `in order ${i}`);
    const answers = await Promise.all(sent.map((text) => alice.text(chat.bob.uid, text)));
    const mids = answers.map((answer) => answer.serverMid);
    expect(mids).toEqual(mids.toSorted((a, b) => a - b));
    await bob.pushedText('in order 199');
    expect(bob.pushed.flatMap(texts).filter((text) => text.startsWith('in order'))).toEqual(sent);
  });

  test('each push names the entry before it', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const first = await alice.text(chat.bob.uid, 'link 1');
    const second = await alice.text(chat.bob.uid, 'link 2');
    expect(second.prevMid).toBe(first.serverMid);
    expect((await bob.pushedText('link 2')).prevMid).toBe(first.serverMid);
  });

  test('what only the server may say is not taken from a client', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    await alice.message(chat.bob.uid, { content: 'trust me', isSystem: true, status: 2, editTimestamp: 5 });
    const body = bodies(await bob.pushedText('trust me'))[0];
    expect(body).toMatchObject({ isSystem: false, status: 0, editTimestamp: 0 });
  });

  test('someone who was blocked is told so, and the blocker cannot write either', async () => {
    const [alice, carol] = [await chat.phone(chat.alice), await chat.phone(chat.carol)];
    expect((await alice.text(chat.carol.uid, 'before')).status?.code).toBe(StatusCode.OK);
    await chat.call(chat.carol, 'rosterBlock', { user_id: chat.alice.uid });
    const refused = await alice.text(chat.carol.uid, 'after');
    expect(refused.status).toEqual({ code: StatusCode.FAIL, reason: 'you have been blocked by the recipient' });
    expect((await carol.text(chat.alice.uid, 'from the blocker')).status?.code).toBe(StatusCode.FAIL);
    await chat.call(chat.carol, 'rosterUnblock', { user_id: chat.alice.uid });
    expect((await alice.text(chat.carol.uid, 'again')).status?.code).toBe(StatusCode.OK);
  });

  test('who sends too fast waits, and nothing is refused or reordered', async () => {
    const slow = await startChat({ messagesPerSec: 50, messageBurst: 5 });
    const alice = await slow.phone(slow.alice);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => alice.text(slow.bob.uid, `${i}`)));
    const mids = answers.map((answer) => answer.serverMid);
    expect(answers.every((answer) => answer.status?.code === StatusCode.OK)).toBe(true);
    expect(mids).toEqual(mids.toSorted((a, b) => a - b));
    await slow.close();
  });
});
