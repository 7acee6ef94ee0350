import { type EndpointName, rest } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, ask, changeDatabase, join, type People, type Person, sampleOf, startPeople } from './support/rest.ts';

let people: People;
let stranger: Person;
let disabled: Person;
beforeAll(async () => {
  people = await startPeople();
  await addApp(people.server, 'other');
  await addApp(people.server, 'cold', "status = 'frozen'");
  stranger = await join(people.url, 'someone', 'phone', 'other');
  disabled = await join(people.url, 'dora');
  changeDatabase(people.server, `UPDATE user SET status = 1 WHERE uid = ${disabled.uid}`);
});
afterAll(() => people.close());

const names = Object.keys(rest) as EndpointName[];
const guarded = names.filter((name) => rest[name].access === 'user');
const ofOneApp = names.filter((name) => name !== 'dns');

describe('every endpoint for users', () => {
  it.each(guarded)('%s asks for a token', async (name) => {
    const answer = await ask(people.url, name, sampleOf(rest[name].params));
    expect([answer.status, answer.code]).toEqual([200, 10003]);
    expect('data' in JSON.parse(answer.text)).toBe(false);
  });

  it.each(guarded)('%s refuses what is not a token', async (name) => {
    for (const token of ['garbage', '{"a":1}', 'x'.repeat(5000)]) {
      expect((await ask(people.url, name, sampleOf(rest[name].params), { token })).code).toBe(10008);
    }
  });

  it.each(guarded)('%s refuses a token that was never given', async (name) => {
    const token = `t${'A'.repeat(43)}`;
    expect((await ask(people.url, name, sampleOf(rest[name].params), { token })).code).toBe(402);
  });

  it.each(guarded)('%s refuses a token that was revoked', async (name) => {
    const { tokens } = people.server.context;
    const { token } = await tokens.issue(people.carol.uid, '');
    const call = () => ask(people.url, name, sampleOf(rest[name].params), { token });
    expect((await call()).code).not.toBe(402);
    await tokens.revokeAll(people.carol.uid);
    expect((await call()).code).toBe(402);
  });

  it.each(guarded)('%s refuses a disabled user', async (name) => {
    const answer = await ask(people.url, name, sampleOf(rest[name].params), { token: disabled.token });
    expect(answer.code).toBe(10010);
  });

  it.each(guarded)("%s refuses another app's token", async (name) => {
    const answer = await ask(people.url, name, sampleOf(rest[name].params), { token: stranger.token });
    expect(answer.code).toBe(10008);
  });

  it('takes the app and the token from the query as well', async () => {
    const { alice, url } = people;
    const link = `${url}/user/profile?app_id=flooim&access-token=${alice.token}`;
    expect(await (await fetch(link)).json()).toMatchObject({ code: 200, data: { user_id: alice.uid } });
  });

  it('does not act for the user of an impersonation header', async () => {
    const { alice, bob } = people;
    const profile = await people.ok(alice, 'userProfile', {}, { headers: { user_id: String(bob.uid) } });
    expect(profile.user_id).toBe(alice.uid);
  });
});

describe('every endpoint of an app', () => {
  it.each(ofOneApp)('%s asks which app', async (name) => {
    const { token } = people.alice;
    expect((await ask(people.url, name, sampleOf(rest[name].params), { token, appId: '' })).code).toBe(40000);
  });

  it.each(ofOneApp)('%s refuses an app that does not exist', async (name) => {
    const { token } = people.alice;
    expect((await ask(people.url, name, sampleOf(rest[name].params), { token, appId: 'no_app' })).code).toBe(40000);
  });

  it.each(ofOneApp)('%s refuses an app that is frozen', async (name) => {
    const { token } = people.alice;
    expect((await ask(people.url, name, sampleOf(rest[name].params), { token, appId: 'cold' })).code).toBe(40003);
  });
});
