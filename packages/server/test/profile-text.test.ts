import { limits } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, type People, read, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const put = async (
  path: string,
  body: string | undefined,
  type = 'application/json',
  method = 'PUT',
): Promise<Answer> =>
  read(
    await fetch(people.url + path, {
      method,
      headers: { app_id: 'flooim', 'access-token': people.alice.token, 'content-type': type },
      body,
    }),
  );
const profile = () => people.ok(people.alice, 'userProfile');

describe('public and private info', () => {
  it.each([
    ['bare', 'application/json', 'hello "you"', 'hello "you"'],
    ['bare, as plain text', 'text/plain', 'hello', 'hello'],
    ['bare, as a form', 'application/x-www-form-urlencoded', 'a=1&b', 'a=1&b'],
    ['quoted', 'application/json', '"say \\"hi\\"\\n"', 'say "hi"\n'],
    ['quoted, with room around', 'application/json', ' "hello" ', 'hello'],
    ['JSON', 'application/json', '{"city":"小"}', '{"city":"小"}'],
    ['a number', 'application/json', '42', '42'],
    ['null', 'application/json', 'null', 'null'],
  ])('are the body: %s', async (_what, type, body, expected) => {
    expect((await put('/user/public', body, type)).data).toBe(true);
    expect((await put('/user/private', body, type, 'POST')).data).toBe(true);
    expect(await profile()).toMatchObject({ public_info: expected, private_info: expected });
  });

  it('are taken away by an empty text', async () => {
    for (const body of ['""', '', undefined]) {
      await put('/user/public', 'something');
      expect((await put('/user/public', body)).code).toBe(200);
      expect(await profile()).not.toHaveProperty('public_info');
    }
  });

  it('are refused where there is too much of it, or what cannot be read', async () => {
    for (const body of ['"not closed', 'x'.repeat(limits.infoChars + 1), 'a\0b']) {
      const { code, message } = await put('/user/public', body, 'text/plain');
      expect([code, message]).toEqual([10002, expect.stringContaining('value')]);
    }
    expect((await put('/user/public', 'x'.repeat(limits.requestBytes + 1))).code).toBe(10002);
    expect(await profile()).not.toHaveProperty('public_info');
    const without = { method: 'POST', headers: { app_id: 'flooim', 'access-token': people.alice.token } };
    expect((await read(await fetch(`${people.url}/user/public`, without))).message).toContain('value');
  });
});

describe('finding somebody by his number', () => {
  const mobile = '13800138001';
  const find = (number: string) => people.as(people.alice, 'rosterByMobile', { mobile: number });

  it('finds whoever says that he has it, however it is written', async () => {
    await people.ok(people.bob, 'userMobile', { mobile: '13800138000' });
    for (const number of ['13800138000', '+8613800138000']) {
      expect((await find(number)).data).toMatchObject({ user_id: people.bob.uid, username: 'bob' });
    }
    expect((await find(mobile)).code).toBe(10000);
    expect((await find('12')).message).toContain('mobile');
  });

  it('is not for trying all numbers', async () => {
    const codes: number[] = [];
    for (let i = 0; i < 30; i++) codes.push((await people.as(people.carol, 'rosterByMobile', { mobile })).code);
    expect(codes.slice(0, 20)).toEqual(Array(20).fill(10000));
    expect(codes).toContain(10028);
    expect((await ask(people.url, 'rosterByMobile', { mobile })).code).toBe(10003);
  });
});
