import { expect, test } from 'vitest';
import { memoryKeyValue } from '../src/platform/platform.ts';
import { fakeWorld, signIn } from './fake-server.ts';
import { settle } from './fakes.ts';
import { download, get, picture, pixel, sha256, someBytes, uploadTo } from './files.ts';
import { town } from './people.ts';
import { open, password, until } from './support.ts';

const places = town();
const { person, config } = places;

const object = 'AbCdEfGhIjKlMnOpQrSt_-';
const invalid = (field: string) => expect.objectContaining({ code: 'INVALID_PARAMETER', field });

test("a profile's avatar is fetched by another user with what getImage gives", async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const { url } = await ada.im.sysManage.asyncFileUpload({ file: picture(), toType: 'rosterAvatar' });
  await ada.im.userManage.asyncUpdateAvatar({ avatar: url });
  const { avatar } = await bob.im.rosterManage.asyncGetRosterInfo(ada.uid, true);
  const whole = bob.im.sysManage.getImage({ avatar, type: 'roster', thumbnail: false });
  expect(await get(whole)).toEqual({ status: 200, bytes: pixel });
  expect((await get(bob.im.sysManage.getImage({ avatar }))).status).toBe(200);
});

test('a link of ours leads to the host that this client talks to, with the credential of files alone', async () => {
  const ada = await person('ada');
  const token = ada.im.userManage.getToken();
  const links: [string, string, string][] = [
    [`https://elsewhere.example/file/download/avatar?object_name=${object}`, 'avatar', 'object_name'],
    [`http://elsewhere.example:81/file/download/chat?file_sign=${object}`, 'chat', 'file_sign'],
    [`https://elsewhere.example/file/download/chat?access-token=x&file_sign=${object}#y`, 'chat', 'file_sign'],
    [object, 'avatar', 'object_name'],
  ];
  for (const [avatar, door, name] of links) {
    const url = new URL(ada.im.sysManage.getImage({ avatar }));
    expect(`${url.origin}${url.pathname}`).toBe(`${places.server.url}/file/download/${door}`);
    const { store_token, ...others } = Object.fromEntries(url.searchParams);
    expect(store_token).toMatch(/^s[\w-]{80,}$/);
    expect(others).toEqual({ [name]: object, app_id: 'flooim', image_type: '2' });
    expect(url.href).not.toContain(token);
  }
});

test('what is somewhere else stays as it is, without any credential', async () => {
  const ada = await person('ada');
  const { getImage, getFileUrl } = ada.im.sysManage;
  const foreign = [
    'https://elsewhere.example/p.png',
    'http://elsewhere.example/file/download/chat?file_sign=short',
    `https://elsewhere.example/other/download/chat?file_sign=${object}`,
    `https://elsewhere.example/file/download/avatar?file_sign=${object}`,
    `https://elsewhere.example/file/download/avatar/?object_name=${object}`,
    'HTTPS://elsewhere.example/a?store_token=',
    'https://elsewhere.example/__proto__?x',
  ];
  for (const url of foreign) {
    expect(getImage({ avatar: url, sdefault: 'd' })).toBe(url);
    expect(getFileUrl({ url, save: true })).toBe(url);
  }
  expect(getImage({ avatar: '/assets/face.png' })).toBe('/assets/face.png');
});

test('what cannot be shown gives the default', async () => {
  const ada = await person('ada');
  const { getImage, getFileUrl } = ada.im.sysManage;
  const nothing = ['', 'javascript:alert(1)', 'JavaScript:alert(1)', 'data:image/png;base64,AA==', 'blob:x', 'http://'];
  for (const avatar of nothing) {
    expect(getImage({ avatar, sdefault: '/face.png' })).toBe('/face.png');
    expect(getImage({ avatar })).toBe('');
    expect(getFileUrl({ url: avatar })).toBe('');
  }
  expect(getImage({ sdefault: '/face.png' })).toBe('/face.png');
  // Whatever it is, a browser asks our server for it.
  for (const odd of [' javascript:alert(1)', 'java\nscript:alert(1)', '"><img src=x>', '../../etc/passwd'])
    expect(getImage({ avatar: odd })).toMatch(`${places.server.url}/file/download/avatar?object_name=`);
  expect(getFileUrl({ url: '/etc/passwd' })).toBe('');
  expect(getFileUrl({ url: object })).toBe('');
});

test('bad arguments name the field', async () => {
  const { getImage, getFileUrl, asyncGetFileLink } = (await person('ada')).im.sysManage;
  expect(() => getImage(undefined as never)).toThrow(invalid('param'));
  expect(() => getImage({ avatar: 5 as never })).toThrow(invalid('param.avatar'));
  expect(() => getFileUrl({ url: undefined as never })).toThrow(invalid('param.url'));
  expect(() => getFileUrl({ url: 'https://a.example', kind: 'toString' as never })).toThrow(invalid('param.kind'));
  await expect(asyncGetFileLink({ url: 'https://elsewhere.example/a' })).rejects.toEqual(invalid('params.url'));
  const link = { url: `https://a.example/file/download/chat?file_sign=${object}`, save: 1 as never };
  await expect(asyncGetFileLink(link)).rejects.toEqual(invalid('params.save'));
});

test('the kind of a link and whether it is saved are told to the server', async () => {
  const ada = await person('ada');
  const url = `https://elsewhere.example/file/download/chat?file_sign=${object}`;
  const asked = (more: object) => {
    const { searchParams } = new URL(ada.im.sysManage.getFileUrl({ url, ...more }));
    return [searchParams.get('image_type'), searchParams.get('save')];
  };
  expect(asked({})).toEqual([null, null]);
  expect(asked({ kind: 'thumbnail' })).toEqual(['2', null]);
  expect(asked({ kind: 'cover', save: true })).toEqual(['3', 'true']);
});

test('the link of a chat file opens for those of the conversation and nobody else', async () => {
  const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
  const { url, sha256: hash } = await uploadTo(ada, bob);
  expect(hash).toBe(sha256(someBytes(1000)));
  expect((await download(bob, url)).status).toBe(403);
  await ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, type: 'file', attachment: { url } });
  expect(sha256((await download(bob, url)).bytes)).toBe(hash);
  expect((await download(eve, url)).status).toBe(403);
  await expect(eve.im.sysManage.asyncGetFileLink({ url })).rejects.toMatchObject({ serverCode: 10010 });
});

test('a signed link opens without any credential', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const { url, sha256: hash } = await uploadTo(ada, bob);
  const link = await ada.im.sysManage.asyncGetFileLink({ url, save: true });
  expect(link.expires_at).toBeGreaterThan(Date.now());
  expect(link.url).not.toContain('token');
  expect(sha256((await get(link.url)).bytes)).toBe(hash);
});

test('links end with the login, and are there again after a reload, before the network is', async () => {
  const keyValue = memoryKeyValue();
  const ada = await person('ada', { autoLogin: true, platform: { keyValue } });
  const link = () => ada.im.sysManage.getImage({ avatar: object, sdefault: 'none' });
  const before = link();
  await ada.im.dispose();
  const platform = { keyValue, fetch: () => Promise.reject(new TypeError('no network')) };
  const after = open(config({ autoLogin: true, platform }));
  expect(await after.im.ready).toBe(true);
  expect(after.im.sysManage.getImage({ avatar: object })).toBe(before);
  expect(link()).toBe('none');
  await after.im.logout();
  expect(after.im.sysManage.getImage({ avatar: object, sdefault: 'none' })).toBe('none');
});

test('whoever signs in by a token gets the credential of files too, and each token its own', async () => {
  const ada = await person('ada');
  const link = ({ im }: typeof ada) => new URL(im.sysManage.getImage({ avatar: object })).searchParams;
  const one = open(config());
  await one.im.tokenLogin({ user_id: ada.uid, token: ada.im.userManage.getToken() });
  expect(link({ ...ada, ...one }).get('store_token')).toBe(link(ada).get('store_token'));
  const two = open(config());
  await two.im.login({ name: ada.name, password });
  expect(link({ ...ada, ...two }).get('store_token')).not.toBe(link(ada).get('store_token'));
});

test('where a server has no such credential, it is the token, as in deployed clients', async () => {
  const world = fakeWorld();
  world.answers['/token/store'] = { code: 404, message: 'the endpoint does not exist' };
  await signIn(world);
  const link = `http://a.test/file/download/avatar?object_name=${object}&app_id=flooim&access-token=t1&image_type=2`;
  expect(world.im.sysManage.getImage({ avatar: object })).toBe(link);
});

test("an answer that comes late does not take the next login's credential away", async () => {
  const world = fakeWorld();
  const answer = Promise.withResolvers<object>();
  world.answers['/token/store'] = () => answer.promise;
  world.answers['/token/user'] = { user_id: 7, token: 't1' };
  const first = world.im.login({ name: 'ada', password });
  first.catch(() => {});
  await until(() => world.asked.includes('a.test/token/store'), 'being asked');
  world.answers['/token/user'] = { user_id: 7, token: 't2', store_token: 's2' };
  await signIn(world);
  answer.resolve({ store_token: 's1' });
  await first.catch(() => {});
  await settle();
  const link = new URL(world.im.sysManage.getImage({ avatar: object }));
  expect(link.searchParams.get('store_token')).toBe('s2');
  expect(link.href).not.toContain('t2');
});

test('a forwarded attachment can be read where it went, and nowhere else', async () => {
  const [ada, bob, dan, eve] = [await person('ada'), await person('bob'), await person('dan'), await person('eve')];
  const { url, sha256: hash } = await uploadTo(ada, bob);
  const attachment = { url, dName: 'some.bin', fLen: 1000 };
  await ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, type: 'file', attachment });
  const got = await bob.next('onRosterMessage');
  expect((await download(dan, url)).status).toBe(403);
  await bob.im.sysManage.asyncForwardMessage({ uid: dan.uid, mid: got.id });
  const forwarded = await dan.next('onRosterMessage');
  expect(forwarded.attach).toEqual(attachment);
  expect(sha256((await download(dan, url)).bytes)).toBe(hash);
  expect((await download(eve, url)).status).toBe(403);
});
