import { limits } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatFile, groupFile, onePixel, sendFile, statusOf, type Uploaded, upload } from './support/files.ts';
import { join, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
let alice: Person;
let bob: Person;
let group_id: number;
beforeAll(async () => {
  people = await startPeople({}, { clock });
  ({ alice, bob } = people);
  ({ group_id } = await people.ok(alice, 'groupCreate', { name: 'the group', user_list: [bob.uid] }));
});
afterAll(() => people.close());

const hasBytes = async ({ object }: Uploaded) => {
  const bytes = await people.server.context.blobs.read(object);
  bytes?.destroy();
  return bytes !== undefined;
};
/** Waits until the server has removed the bytes. */
const removed = async (file: Uploaded) => {
  await until(async () => {
    await people.server.context.sweeper.sweep();
    return !(await hasBytes(file));
  }, 'bytes that are gone');
  expect(await statusOf(file.url, { token: alice.token })).toBe(404);
};
const avatarOf = (person: Person) => upload(people, person, { name: 'fileUploadAvatar' }, onePixel, 'me.png');
const setAvatar = (person: Person, { url }: Uploaded) => people.ok(person, 'userAvatar', { avatar: url });

/** Each makes a file that something refers to, and gives what ends that. */
const lives: Record<string, () => Promise<[file: Uploaded, end: () => Promise<unknown>]>> = {
  async 'a message that is recalled'() {
    const file = await chatFile(people, alice, bob);
    const msg_id = await sendFile(people, alice, bob.uid, file);
    return [file, () => people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id })];
  },
  async 'a file in the list of a group that is deleted from it'() {
    const file = await groupFile(people, alice, group_id, 200);
    const shared = { group_id, name: 'plan', size: 10, url: file.url };
    const { file_id } = await people.ok(alice, 'groupFileShare', shared);
    return [file, () => people.ok(alice, 'groupFileDelete', { group_id, file_list: [file_id] })];
  },
  async 'an avatar that is replaced'() {
    const [file, other] = [await avatarOf(alice), await avatarOf(alice)];
    await setAvatar(alice, file);
    return [file, () => setAvatar(alice, other)];
  },
  async 'a group that is dissolved'() {
    const doomed = (await people.ok(alice, 'groupCreate', { name: 'doomed' })).group_id;
    const file = await groupFile(people, alice, doomed);
    await sendFile(people, alice, doomed, file, 'group');
    return [file, () => people.ok(alice, 'groupDestroy', { group_id: doomed })];
  },
  async 'a user who is deleted'() {
    const zoe = await join(people.url, 'zoe');
    const file = await avatarOf(zoe);
    await setAvatar(zoe, file);
    return [file, () => people.ok(zoe, 'userDelete', { password: 'correct-horse-1' })];
  },
  async 'seven days in which nobody used it'() {
    const file = await chatFile(people, alice, bob);
    return [file, async () => clock.advance(limits.unusedFileTtlMs)];
  },
};

describe('the bytes of a file go with', () => {
  it.each(Object.entries(lives))('%s', async (_what, begin) => {
    const [file, end] = await begin();
    expect([await hasBytes(file), await statusOf(file.url, { token: alice.token })]).toEqual([true, 200]);
    await end();
    await removed(file);
  });

  it('nothing that leaves somebody else with the file', async () => {
    const file = await chatFile(people, alice, bob);
    const msg_id = await sendFile(people, alice, bob.uid, file);
    await sendFile(people, bob, people.carol.uid, file);
    const other = await chatFile(people, alice, bob);
    const last = await sendFile(people, alice, bob.uid, other);
    await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id });
    await people.ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id: last });
    await removed(other);
    expect([await hasBytes(file), await statusOf(file.url, { token: people.carol.token })]).toEqual([true, 200]);
  });
});
