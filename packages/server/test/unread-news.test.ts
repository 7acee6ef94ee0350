import {
  Command,
  type ConversationUnread,
  decodeUnreadDL,
  encodeUnreadUL,
  type UnreadDL,
  UnreadScope,
  Vsn,
} from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { pullAll, rowOf, say, useTalk } from './support/group-talk.ts';
import type { Phone } from './support/phone.ts';

const talk = useTalk();

/** Rows that come unasked are not the answer. */
async function ask(phone: Phone, scope: UnreadScope, payload = encodeUnreadUL({ newsOnly: true })): Promise<UnreadDL> {
  const answered = new Promise<UnreadDL>((resolve) => {
    phone.raw.onUnread = (answer) => answer.scope === scope && resolve(answer);
  });
  phone.raw.send(Command.UNREAD, payload);
  return answered;
}

const news = async (phone: Phone) => (await ask(phone, UnreadScope.NEWS)).unread;
const peers = (rows: readonly ConversationUnread[]) => rows.map(({ xid }) => xid.uid).filter((uid) => uid > 0);

/** Everything that waits for a phone, taken; the receipts that it makes come after. */
async function takeAll(phone: Phone): Promise<void> {
  await until(async () => {
    const lacking = peers((await phone.unread()).filter(({ n }) => n > 0));
    for (const uid of lacking) await pullAll(phone, uid);
    return lacking.length === 0;
  }, 'everything taken');
}

describe('an unread list of news', () => {
  test('leaves out what the device has, and nothing else', async () => {
    const { owner, member, outsider, gid, people, phone } = talk();
    const [own, other] = [await phone(owner), await phone(member)];
    const [friend] = [await phone(outsider)];
    await friend.text(owner.uid, 'hello');
    await say(other, gid, 'hello all');
    await takeAll(own);
    expect(peers(await news(own))).toEqual([]);
    expect(peers((await ask(own, UnreadScope.ALL, new Uint8Array())).unread).sort()).toEqual(
      [gid, outsider.uid].sort(),
    );
    await friend.text(owner.uid, 'news');
    expect((await news(own)).filter(({ xid }) => xid.uid > 0)).toMatchObject([{ xid: { uid: outsider.uid }, n: 1 }]);
    await people.ok(owner, 'conversationPin', { conversation_id: gid });
    expect(peers(await news(own))).toEqual([gid, outsider.uid]);
    expect(await rowOf(own, gid)).toMatchObject({ n: 0 });
    await people.ok(owner, 'conversationUnpin', { conversation_id: gid });
    expect(peers(await news(own))).toEqual([outsider.uid]);
  });

  test('is whole for a device that lacks everything', async () => {
    const { owner, member, gid, phone } = talk();
    await say(await phone(owner), gid, 'one', 'two');
    const [fresh, same] = [await phone(member, 'fresh'), await phone(member, 'same')];
    const lacking = (await same.unread()).filter(({ n }) => n > 0);
    expect(peers(lacking)).toContain(gid);
    expect(await news(fresh)).toEqual(lacking);
  });

  test('is not known to version 1', async () => {
    const { member, phone } = talk();
    const old = await phone(member, 'old', Vsn.V1);
    await takeAll(old);
    const all = await ask(old, UnreadScope.SOME, new Uint8Array());
    expect(all).toEqual(await ask(old, UnreadScope.SOME));
    expect(peers(all.unread).length).toBeGreaterThan(0);
  });

  test('that cannot be read is refused', async () => {
    const { member, phone } = talk();
    expect(await ask(await phone(member), UnreadScope.SOME, Uint8Array.of(0xff))).toMatchObject({
      unread: [],
      status: { code: 4 },
    });
    expect(decodeUnreadDL(new Uint8Array()).scope).toBe(UnreadScope.SOME);
  });
});
