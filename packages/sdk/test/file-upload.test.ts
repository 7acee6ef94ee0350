import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer } from '@flooim/testkit';
import type { FileUploadParam } from 'flooim';
import { expect, onTestFinished, test } from 'vitest';
import { download, get, picture, pixel, sha256, someBytes, someFile, uploadTo } from './files.ts';
import { type Person, town } from './people.ts';
import { open, password } from './support.ts';

const places = town();
const { person } = places;

const staged = () => readdir(join(places.server.data, 'incoming'));
const invalid = (field: string) => expect.objectContaining({ code: 'INVALID_PARAMETER', field });
const refused = (serverCode: number, message: unknown = expect.any(String)) =>
  expect.objectContaining({ code: 'REJECTED', serverCode, message });

async function group(owner: Person, ...members: Person[]): Promise<number> {
  const { group_id } = await owner.im.groupManage.asyncCreate({
    name: 'climbers',
    user_list: members.map(({ uid }) => uid),
  });
  return group_id;
}

test('a file goes up in pieces, and comes back as it was', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const size = 3_500_000;
  const told: number[] = [];
  const result = await uploadTo(ada, bob, {
    file: someFile(size, 'holiday 2026.bin'),
    processCallback: ({ loaded, total }) => {
      expect(total).toBe(size);
      told.push(loaded);
    },
  });
  expect(result).toEqual({
    url: expect.stringMatching(/\/file\/download\/chat\?file_sign=[\w-]{22}$/),
    name: 'holiday 2026.bin',
    type: 'application/octet-stream',
    size,
    sha256: sha256(someBytes(size)),
  });
  expect(told.length).toBeGreaterThan(2);
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(size);
  expect((await download(ada, result.url)).bytes.equals(someBytes(size))).toBe(true);
  expect(await staged()).toEqual([]);
});

test('the name is the one given, or the own one of a File, or none', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const name = async (more: Partial<FileUploadParam>) => (await uploadTo(ada, bob, more)).name;
  expect(await name({ file: someFile(5, 'a.txt') })).toBe('a.txt');
  expect(await name({ file: someFile(5, 'a.txt'), name: '照片 1.txt' })).toBe('照片 1.txt');
  expect(await name({ file: new Blob(['hello']) })).toBe('');
});

test('ten files at once have their own progress, three of them at a time', async () => {
  let under = 0;
  let most = 0;
  /** From where a file asks for its address until it is there. */
  const counting: typeof fetch = async (input, init) => {
    if (String(input).includes('/file/upload/')) most = Math.max(most, ++under);
    const answer = await fetch(input, init);
    if (String(input).includes('/file/finish')) under -= 1;
    return answer;
  };
  const [ada, bob] = [await person('ada', { platform: { fetch: counting } }), await person('bob')];
  const sizes = Array.from({ length: 10 }, (_, i) => 1_200_000 + i * 1000);
  const told: number[][] = sizes.map(() => []);
  const results = await Promise.all(
    sizes.map((size, i) => {
      const processCallback = ({ loaded, total }: { loaded: number; total: number }) => {
        expect(total).toBe(size);
        told[i]?.push(loaded);
      };
      return uploadTo(ada, bob, { file: someFile(size, `${i}.bin`), processCallback });
    }),
  );
  expect(results.map(({ name, size }) => [name, size])).toEqual(sizes.map((size, i) => [`${i}.bin`, size]));
  expect(results.map((result) => result.sha256)).toEqual(sizes.map((size) => sha256(someBytes(size))));
  for (const [i, size] of sizes.entries()) expect(told[i]).toEqual([1024 * 1024, size]);
  expect(most).toBe(3);
});

test('a canceled upload leaves nothing at the server', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const abort = new AbortController();
  const processCallback = () => abort.abort();
  const upload = uploadTo(ada, bob, { file: someFile(4_000_000), processCallback, signal: abort.signal });
  await expect(upload).rejects.toMatchObject({ code: 'CANCELED' });
  const end = Date.now() + 8000;
  while ((await staged()).length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await staged()).toEqual([]);
});

test('an avatar of a group is uploaded by those who may change it', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const gid = await group(ada, bob);
  const upload = (by: Person, more: Partial<FileUploadParam> = { group_id: gid }) =>
    by.im.sysManage.asyncFileUpload({ file: picture(), toType: 'groupAvatar', ...more });
  const { url, width, height } = await upload(ada);
  expect([width, height]).toEqual([1, 1]);
  await ada.im.groupManage.asyncUpdateAvatar({ group_id: gid, value: url });
  const { avatar } = await bob.im.groupManage.asyncGetGroupInfo(gid, true);
  expect(await get(bob.im.sysManage.getImage({ avatar, type: 'group', thumbnail: false }))).toEqual({
    status: 200,
    bytes: pixel,
  });
  // As the documentation spells it.
  expect(await upload(ada, { group_d: String(gid) })).toMatchObject({ type: 'image/png' });
  await expect(upload(bob)).rejects.toEqual(refused(20012));
});

test('a file is shared with a group: its members find and open it, nobody else', async () => {
  const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
  const gid = await group(ada, bob);
  const file = someFile(5000, 'map.bin');
  const { url, name, size, type } = await ada.im.sysManage.asyncFileUpload({
    file,
    toType: 'chat',
    fileType: 'shareFile',
    to_id: gid,
  });
  await ada.im.groupManage.asyncFileUpload({ group_id: gid, name, size, type, url });
  const [shared] = await bob.im.groupManage.asyncGetFileList({ group_id: gid });
  expect(shared).toMatchObject({ name: 'map.bin', size: 5000, url, uploader: ada.uid });
  expect(sha256((await download(bob, shared?.url ?? '')).bytes)).toBe(sha256(someBytes(5000)));
  expect((await download(eve, url)).status).toBe(403);
  const upload = eve.im.sysManage.asyncFileUpload({ file, toType: 'chat', fileType: 'shareFile', to_id: gid });
  await expect(upload).rejects.toEqual(refused(20011));
});

test('a chat file of a group is read by its members', async () => {
  const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
  const gid = await group(ada, bob);
  const { url } = await ada.im.sysManage.asyncFileUpload({
    file: picture('p.png'),
    fileType: 'image',
    toType: 'chat',
    chatType: 'group',
    to_id: gid,
  });
  await ada.im.sysManage.asyncSendGroupMessage({ gid, type: 'image', attachment: { url, width: 1, height: 1 } });
  const { attach } = await bob.next('onGroupMessage');
  expect((await download(bob, (attach as { url: string }).url)).bytes).toEqual(pixel);
  expect((await download(eve, url)).status).toBe(403);
});

test('addresses for those who upload by themselves', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const gid = await group(ada);
  const { sysManage } = ada.im;
  const target = { file_type: 102, to_type: 1, to_id: bob.uid };
  for (const address of [
    await sysManage.asyncGetFileUploadChatFileUrl(target),
    await sysManage.asyncGetGroupAvatarUploadUrl({ group_id: gid }),
  ]) {
    const form = new FormData();
    for (const [name, value] of Object.entries(address.oss_body_param)) form.append(name, value);
    form.append('file', picture());
    const answer = await fetch(address.upload_url, { method: 'POST', body: form });
    expect(await answer.json()).toEqual({ code: 200, data: true });
    expect((await get(sysManage.getFileUrl({ url: address.download_url }))).bytes).toEqual(pixel);
  }
  await expect(sysManage.asyncGetFileUploadChatFileUrl({} as never)).rejects.toEqual(invalid('params.file_type'));
  await expect(sysManage.asyncGetGroupAvatarUploadUrl({} as never)).rejects.toEqual(invalid('params.group_id'));
});

test('bad arguments name the field, and nothing is asked', async () => {
  const ada = await person('ada');
  const file = someFile(10);
  const large = Object.defineProperty(someFile(10), 'size', { value: 6 * 1024 ** 3 });
  const portrait = Object.defineProperty(someFile(10), 'size', { value: 6 * 1024 ** 2 });
  const chat = { file, toType: 'chat', to_id: 7 };
  const cases: [unknown, string][] = [
    [undefined, 'param'],
    [{ ...chat, toType: 'elsewhere' }, 'param.toType'],
    [{ file }, 'param.toType'],
    [{ ...chat, file: undefined }, 'param.file'],
    [{ ...chat, file: 'text' }, 'param.file'],
    [{ ...chat, file: { size: 10 } }, 'param.file'],
    [{ ...chat, file: new Blob([]) }, 'param.file'],
    [{ ...chat, file: large }, 'param.file'],
    [{ file: portrait, toType: 'rosterAvatar' }, 'param.file'],
    [{ ...chat, to_id: undefined }, 'param.to_id'],
    [{ ...chat, to_id: 'x' }, 'param.to_id'],
    [{ ...chat, fileType: 'toString' }, 'param.fileType'],
    [{ ...chat, chatType: 'both' }, 'param.chatType'],
    [{ file, toType: 'groupAvatar' }, 'param.group_id'],
    [{ file, toType: 'groupAvatar', group_d: -1 }, 'param.group_id'],
    [{ ...chat, processCallback: 5 }, 'param.processCallback'],
    [{ ...chat, signal: {} }, 'param.signal'],
    [{ ...chat, name: 5 }, 'param.name'],
    [{ ...chat, name: 'x'.repeat(256) }, 'param.name'],
  ];
  for (const [param, field] of cases) {
    await expect(ada.im.sysManage.asyncFileUpload(param as never), field).rejects.toEqual(invalid(field));
  }
  await ada.im.logout();
  await expect(ada.im.sysManage.asyncFileUpload(chat as never)).rejects.toMatchObject({ code: 'NOT_LOGGED_IN' });
});

test('who may not write to somebody may not upload for him', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  await bob.im.rosterManage.asyncBlockeAdd({ user_id: ada.uid });
  await expect(uploadTo(ada, bob)).rejects.toEqual(refused(10006, 'you have been blocked by the recipient'));
  const gid = await group(bob);
  const chat = { file: someFile(10), toType: 'chat', chatType: 'group', to_id: gid } as const;
  await expect(ada.im.sysManage.asyncFileUpload(chat)).rejects.toMatchObject({ code: 'REJECTED' });
});

test('an avatar that is no picture is refused by what is in it', async () => {
  const ada = await person('ada');
  const file = new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'me.png', { type: 'image/png' });
  const upload = ada.im.sysManage.asyncFileUpload({ file, toType: 'rosterAvatar' });
  await expect(upload).rejects.toEqual(refused(10002, expect.stringContaining('the file is of the wrong kind')));
});

test('what is too large for the server, or for what one may store, is refused before it is sent', async () => {
  const server = await startServer({ fileMb: 2, userFileMb: 3 });
  onTestFinished(() => server.close());
  const sent: string[] = [];
  const watching: typeof fetch = (input, init) => {
    if (String(input).includes('/file/resumable')) sent.push(init?.method ?? '');
    return fetch(input, init);
  };
  const at = { dnsServer: `${server.url}/v2/app_dns` };
  const name = `ada_small_${process.pid}`;
  const ada = open({ appid: 'flooim', ...at, platform: { fetch: watching } });
  await ada.im.rosterManage.asyncRegester({ username: name, password });
  const { user_id } = await ada.im.rosterManage.asyncRegester({ username: `${name}_2`, password });
  await ada.im.login({ name, password });
  expect(await ada.im.sysManage.asyncGetAppConfig()).toMatchObject({ file_bytes: 2 * 1024 ** 2 });
  const upload = (size: number) =>
    ada.im.sysManage.asyncFileUpload({ file: someFile(size), toType: 'chat', to_id: user_id });
  await expect(upload(2 * 1024 ** 2 + 1)).rejects.toEqual(refused(10002, expect.stringContaining('too large')));
  expect(sent).toEqual([]);
  await upload(2 * 1024 ** 2);
  sent.splice(0);
  await expect(upload(2 * 1024 ** 2)).rejects.toEqual(refused(10010, expect.stringContaining('no room')));
  expect(sent).toEqual([]);
});
