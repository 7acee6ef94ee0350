import { decodeGroupNotice, GroupNoticeType } from '@flooim/protocol';
import { seedGroup, seedUsers, startServer } from '@flooim/testkit';
import { expect, it } from 'vitest';
import type { Job, Outcome } from '../src/store/batch.ts';
import { InlineExecutor } from '../src/store/inline-executor.ts';
import { writes } from '../src/writes.ts';
import { ask, newFolder } from './support/rest.ts';

/** Writes, and fails the named command once, when it comes for so many times. */
class FailingOnce extends InlineExecutor {
  times = 0;
  readonly #name: string;
  readonly #at: number;

  constructor(path: string, name: string, at: number) {
    super(path, writes);
    this.#name = name;
    this.#at = at;
  }

  override run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    const isIt = jobs.some(({ name }) => name === this.#name);
    if (!isIt || ++this.times !== this.#at) return super.run(jobs, done);
    queueMicrotask(() => done(jobs.map(() => ({ ok: false, failure: { kind: 'bug', text: 'as the test wants' } }))));
  }
}

it('Who owns many large groups leaves them a few at a time; what stops halfway can be done again', async () => {
  const data = newFolder();
  const users = await seedUsers(data, 900);
  const uids = users.map(({ uid }) => uid);
  const groups = Array.from({ length: 7 }, () => seedGroup(data, uids));
  let executor: FailingOnce | undefined;
  const server = await startServer(
    { data },
    {
      executor(path) {
        executor = new FailingOnce(path, 'user.remove', 2);
        return executor;
      },
    },
  );
  const token = await server.context.adminTokens.create('flooim');
  const remove = () => ask(server.url, 'userDelete', {}, { token, headers: { user_id: String(uids[0]) } });
  const ofOwner = { token: users[0]?.token ?? '' };
  expect((await remove()).code).toBe(20000);
  // A command ends as many memberships as make it long enough.
  expect((await ask(server.url, 'groupsJoined', {}, ofOwner)).data).toHaveLength(groups.length - 3);
  expect((await remove()).code).toBe(200);
  expect(executor?.times).toBe(2 + 2);
  expect((await ask(server.url, 'groupsJoined', {}, ofOwner)).code).toBe(402);
  expect((await ask(server.url, 'groupsJoined', {}, { token: users[1]?.token ?? '' })).data).toEqual([]);
  const notices = server.context.reader.all('SELECT payload FROM entry WHERE kind = 3 AND to_uid = log_id');
  const types = notices.map(({ payload }) => decodeGroupNotice(payload as Uint8Array).type);
  expect(types.filter((type) => type === GroupNoticeType.DESTROYED)).toHaveLength(groups.length);
  await server.close();
}, 60_000);
