import { startServer, type TestServer } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, ask, join, type Person, password, standingClock } from './support/rest.ts';

let server: TestServer;
afterEach(() => server.close());

type Settings = Parameters<typeof startServer>[0];

const clock = standingClock();

async function start(settings: Settings): Promise<void> {
  server = await startServer({ trustProxy: true, ...settings }, { clock });
}

/** The time that a refusal names, twice the same. */
function retryMs({ headers, text }: Answer): number {
  const ms = JSON.parse(text).retry_after_ms as number;
  expect(headers.get('retry-after')).toBe(String(Math.ceil(ms / 1000)));
  return ms;
}

async function profiles({ token }: Person, times: number, from = '192.0.2.1'): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++)
    answers.push(await ask(server.url, 'userProfile', {}, { token, headers: { 'x-forwarded-for': from } }));
  return answers;
}

const codes = (answers: Answer[]) => answers.map(({ status, code }) => `${status} ${code}`);

describe('requests of one user', () => {
  it('are bounded wherever he is, and leave the address to others', async () => {
    await start({ userRequestsPerSec: 1, requestsPerSec: 2 });
    const alice = await join(server.url, 'alice');
    const bob = await join(server.url, 'bob');
    // What is not known yet counts for the address, once.
    expect(codes(await profiles(alice, 12)).slice(-2)).toEqual(['200 200', '429 10028']);
    const elsewhere = await profiles(alice, 1, '192.0.2.2');
    expect(codes(elsewhere)).toEqual(['429 10028']);
    expect(codes(await profiles(bob, 11))).toEqual(Array(11).fill('200 200'));
    const [refused] = (await profiles(alice, 1)) as [Answer];
    clock.advance(retryMs(refused) - 1);
    expect(codes(await profiles(alice, 1))).toEqual(['429 10028']);
    clock.advance(1);
    expect(codes(await profiles(alice, 2))).toEqual(['200 200', '429 10028']);
  });

  it('by his links and pictures are counted apart: others may see those', async () => {
    await start({ userRequestsPerSec: 1, requestsPerSec: 1 });
    const alice = await join(server.url, 'alice');
    await profiles(alice, 1);
    const { data } = await ask(server.url, 'storeToken', {}, { token: alice.token });
    const picture = () => ask(server.url, 'fileDownloadAvatar', { object_name: 'x', store_token: data.store_token });
    const answers: Answer[] = [];
    for (let i = 0; i < 11; i++) answers.push(await picture());
    expect(codes(answers)).toEqual([...Array(10).fill('404 10002'), '429 10028']);
    expect(codes(await profiles(alice, 1))).toEqual(['200 200']);
  });

  it('with a token that nobody knows count for the address', async () => {
    await start({ userRequestsPerSec: 1000, requestsPerSec: 1 });
    const stranger = { name: 'x', uid: 1, token: `t${'A'.repeat(43)}` };
    expect(codes(await profiles(stranger, 3))).toEqual(['200 402', '200 402', '429 10028']);
  });
});

describe('requests of a crowd behind one address', () => {
  const findServer = () =>
    ask(server.url, 'dns', { app_id: 'flooim' }, { headers: { 'x-forwarded-for': '192.0.2.1' } });

  async function refusals(count: number): Promise<number[]> {
    const waits: number[] = [];
    for (let i = 0; i < count; i++) waits.push(retryMs(await findServer()));
    return waits;
  }

  it('that are refused are each told another time, at which there is room', async () => {
    await start({ requestsPerSec: 2 });
    for (let i = 0; i < 4; i++) expect((await findServer()).status).toBe(200);
    expect(await refusals(3)).toEqual([500, 1000, 1500]);
    for (let i = 0; i < 3; i++) {
      clock.advance(500);
      expect((await findServer()).status).toBe(200);
    }
    // Their turns have come: the next is the first again.
    expect(await refusals(2)).toEqual([500, 1000]);
  });

  it('are told to wait 10 s at most, however many do not wait', async () => {
    await start({ requestsPerSec: 2 });
    for (let i = 0; i < 4; i++) expect((await findServer()).status).toBe(200);
    expect((await refusals(30)).at(-1)).toBe(10_000);
  });
});

describe('accounts made from one address', () => {
  it('are bounded by the hour, and the refusal says when to come back', async () => {
    await start({ registrationsPerHour: 4 });
    const register = (name: string, from = '192.0.2.1') =>
      ask(server.url, 'userRegister', { username: name, password }, { headers: { 'x-forwarded-for': from } });
    expect(codes([await register('user1'), await register('user2')])).toEqual(['200 200', '200 200']);
    const refused = await register('user3');
    // Deployed clients read no code beside another status.
    expect(codes([refused])).toEqual(['200 10028']);
    expect(codes([await register('user3', '192.0.2.2')])).toEqual(['200 200']);
    expect(retryMs(refused)).toBe(15 * 60_000);
    clock.advance(15 * 60_000);
    expect(codes([await register('user4'), await register('user5')])).toEqual(['200 200', '200 10028']);
  });
});

describe('logins', () => {
  it('of one address and of one account say when to come back', async () => {
    await start({ loginsPerMin: 12 });
    await join(server.url, 'alice');
    const login = (name: string, from: string) =>
      ask(server.url, 'tokenByName', { name, password: 'wrong' }, { headers: { 'x-forwarded-for': from } });
    const answers: Answer[] = [];
    for (let i = 0; i < 11; i++) answers.push(await login('alice', '192.0.2.1'));
    expect(codes(answers)).toEqual([...Array(10).fill('200 402'), '200 10028']);
    expect(retryMs(answers.at(-1) as Answer)).toBe(6000);
    // Twelve from there, whoever it is.
    expect(codes([await login('bob', '192.0.2.1'), await login('bob', '192.0.2.1')])).toEqual(['200 402', '200 10028']);
    expect(retryMs(await login('bob', '192.0.2.1'))).toBe(5000);
  });
});
