import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, call } from './support/deployed.ts';
import { type People, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

describe('an answer', () => {
  const alone = (path: string, options: Call = {}) => call(people.url, path, { token: people.alice.token, ...options });

  it.each([
    ['a user who is not there', '/roster/id?user_id=1', {}, 10000],
    ['a wrong parameter', '/roster/id?user_id=x', {}, 10002],
    ['a right that is missing', '/user/list', {}, 10010],
    ['a group that is not there', '/group/info?group_id=1', {}, 20001],
    ['a body that is no JSON', '/user/profile', { method: 'POST', body: '{' }, 10002],
  ] as [string, string, Call, number][])(
    'that says no, for %s, is HTTP 200 with a code, a text and nothing else',
    async (_what, path, options, code) => {
      const { status, text } = await alone(path, options);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({ code, message: expect.stringMatching(/./) });
    },
  );

  it('that works has code and data, and no message', async () => {
    expect(Object.keys(JSON.parse((await alone('/user/profile')).text))).toEqual(['code', 'data']);
    expect((await alone('/user/nickname?nick_name=x', { method: 'POST', body: {} })).text).toBe(
      '{"code":200,"data":true}',
    );
  });

  it('of what this server does not have is 404 in the envelope, for clients to hide it', async () => {
    for (const [method, path, body] of [
      ['GET', '/app/nothing_of_the_kind', undefined],
      ['GET', '/app//nothing_of_the_kind/?x=1', undefined],
      ['POST', '/app/nothing_of_the_kind', { x: 1 }],
      ['PUT', '/roster/list', {}],
      ['DELETE', '/token/user', undefined],
    ] as const) {
      const { status, code } = await alone(path, { method, body });
      expect([status, code], path).toEqual([200, 404]);
    }
  });

  it('never sends the client elsewhere, however the slashes lie', async () => {
    for (const path of ['/user/profile', '/roster/list?cursor=', '/v2/app_dns?app_id=flooim', '/api/health', '/']) {
      const [route = '', query = ''] = path.split(/(?=\?)/);
      for (const spelled of [`/${path}`, `${route}/${query}`, `${route.replaceAll('/', '//')}//${query}`]) {
        const { status, code } = await alone(spelled);
        expect([status, code], spelled).toEqual([200, 200]);
      }
    }
    for (const path of ['/user', '/user/', '//user//', '/assets', '/file/', '/nope/', '//nope', '/user/profile/x']) {
      const { status, code } = await alone(path);
      expect([status, code], path).toEqual([200, 404]);
    }
  });
});
