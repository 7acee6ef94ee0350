import { type Init, limits, type MessageBody, type SyncDL } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { groupMessage, pullAll, useTalk } from './support/group-talk.ts';
import { type Phone, texts } from './support/phone.ts';
import type { Person } from './support/rest.ts';

const talk = useTalk();
const chatroom = 2;
const body = 'x'.repeat(8000);
/** More than the system's socket buffers hold, far less than an outbox. */
const count = 700;

/** A group of the owner's with the member in it, who does not read while `speaker` says a lot. */
async function flood(type: number, speaker: Person, said: Init<MessageBody>) {
  const { owner, member, admin, people, phone } = talk();
  const user_list = [member.uid, admin.uid];
  const { group_id: gid } = await people.ok(owner, 'groupCreate', { name: 'a crowd', type, user_list });
  await people.ok(owner, 'groupAdminAdd', { group_id: gid, user_list: [admin.uid] });
  const [device, listener] = [await phone(speaker, `in ${gid}`), await phone(owner, `in ${gid}`)];
  await listener.settle();
  listener.pushed.length = 0;
  listener.raw.socket.pause();
  for (let from = 0; from < count; from += 100) {
    const sends = Array.from({ length: 100 }, (_, i) =>
      groupMessage(device, gid, { ...said, content: `${from + i} ${body}` }),
    );
    await Promise.all(sends);
  }
  return { gid, device, listener };
}

const numbers = (frames: readonly SyncDL[]) => frames.flatMap(texts).map((text) => Number.parseInt(text, 10));

/** Reads again; how many messages were pushed. */
async function readOn({ listener, gid }: { listener: Phone; gid: number }): Promise<number> {
  listener.raw.socket.resume();
  await until(() => listener.notices.includes(gid) || listener.pushed.length >= count, 'a notice, or all');
  await listener.settle();
  return numbers(listener.pushed).length;
}

describe('to a device that does not read, in a chatroom', () => {
  test('messages with a priority give way, and none is lost', async () => {
    const { member } = talk();
    const { gid, listener } = await flood(chatroom, member, { priority: 5 });
    expect(await readOn({ listener, gid })).toBeLessThan(count);
    const rest = await pullAll(listener, gid, 50);
    expect(numbers([{ metas: rest } as SyncDL])).toEqual(Array.from({ length: count }, (_, i) => i));
  }, 60_000);

  test.each([
    ['without a priority', 'member', chatroom, 0],
    ['of administrators', 'admin', chatroom, 5],
    ['in another group', 'member', 0, 5],
  ] as const)(
    'messages %s do not',
    async (_, role, type, priority) => {
      const { gid, listener } = await flood(type, talk()[role], { priority });
      const pushed = await readOn({ listener, gid });
      // What falls behind at the outbox's own limit comes later than what gives way.
      const givingWay = await flood(chatroom, talk().member, { priority: 5 });
      expect(pushed).toBeGreaterThan((await readOn(givingWay)) + limits.outboxBytes / 2 / body.length);
      const got = numbers([{ metas: await pullAll(listener, gid, 50) } as SyncDL]);
      expect(got).toEqual(Array.from({ length: count }, (_, i) => i));
    },
    60_000,
  );

  test('other conversations go on, and the chatroom when there is room', async () => {
    const { owner, member } = talk();
    const { gid, device, listener } = await flood(chatroom, member, { priority: 1 });
    await device.text(owner.uid, 'and a word to you alone');
    await readOn({ listener, gid });
    await listener.pushedText('and a word to you alone');
    await pullAll(listener, gid);
    await groupMessage(device, gid, { content: 'after all', priority: 10 });
    await listener.pushedText('after all');
  }, 60_000);
});
