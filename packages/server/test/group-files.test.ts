import { type EndpointName, errors, type GroupSharedFile, limits, GroupNoticeType as Type } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Cast,
  type Company,
  Ears,
  gather,
  type Heard,
  heardByMembers,
  heardLater,
  newGroup,
  told,
} from './support/group-cast.ts';
import { changeDatabase, type Person, standingClock } from './support/rest.ts';

const clock = standingClock();
let company: Company;
let cast: Cast;
let ears: Ears;
beforeAll(async () => {
  company = await gather({}, { clock });
});
beforeEach(async () => {
  cast = await newGroup(company);
  ears = await Ears.open(company);
});
afterEach(() => ears.close());
afterAll(() => company.people.close());

const call = (by: Person, name: EndpointName, params?: object) => cast.as(by, name, params);
const ok = (by: Person, name: EndpointName, params?: object) => cast.ok(by, name, params);
const heardByAll = (...heard: Heard[]) => heardByMembers(cast, ...heard);
const url = 'https://files.example/a?file_sign=x';
const share = (by: Person, name: string): Promise<GroupSharedFile> =>
  ok(by, 'groupFileShare', { name, size: 12, url, type: 'pdf' });
const done = ({ file_id }: GroupSharedFile) => ({ file_id, result: 'success' });
const failed = (file_id: number, why: keyof typeof errors) => ({ file_id, result: 'fail', reason: errors[why].text });
describe('a shared file', () => {
  it('is told to all members, and every member finds it', async () => {
    const { member, banned, gid } = cast;
    const file = await share(member, 'plan 📄.pdf');
    expect(file).toEqual({
      file_id: file.file_id,
      group_id: gid,
      name: 'plan 📄.pdf',
      size: 12,
      type: 'pdf',
      uploader: member.uid,
      url,
      created_at: clock(),
      updated_at: clock(),
    });
    expect(await ears.heard()).toEqual(heardByAll(told(cast, Type.FILE_UPLOADED, member, file)));
    const second = await ok(banned, 'groupFileShare', { name: 'x', size: 0, url: 'object_name-1.bin' });
    expect(second).toMatchObject({ type: '', size: 0 });
    expect(await ok(cast.owner, 'groupFiles')).toEqual([file, second]);
    expect(await ok(cast.silent, 'groupFile', { file_id: file.file_id })).toEqual(file);
  });

  it('is renamed by who shared it, by administrators and by nobody else', async () => {
    const { owner, admin, member, banned } = cast;
    const file = await share(member, 'first');
    await ears.heard();
    const rename = (by: Person, name: string) => call(by, 'groupFileRename', { file_id: file.file_id, name });
    expect((await rename(banned, 'stolen')).code).toBe(20023);
    expect(await ears.heard()).toEqual(new Map());
    for (const [by, name] of [
      [member, 'by me'],
      [admin, 'by an admin'],
      [owner, 'by the owner'],
    ] as const) {
      clock.advance(1000);
      expect(await rename(by, name)).toMatchObject({ code: 200, data: true });
      const renamed = { ...file, name, updated_at: clock() };
      expect(await ears.heard()).toEqual(heardByAll(told(cast, Type.FILE_UPDATED, by, renamed)));
      expect(await ok(banned, 'groupFile', { file_id: file.file_id })).toEqual(renamed);
      expect((await rename(by, name)).code).toBe(200);
      expect(await ears.heard()).toEqual(new Map());
    }
  });

  it('is deleted by who shared it and by administrators, each of a list for itself', async () => {
    const { owner, admin, member, banned } = cast;
    const [mine, his, other] = [await share(member, 'mine'), await share(banned, 'his'), await share(owner, 'other')];
    await ears.heard();
    const remove = (by: Person, ...file_list: number[]) => ok(by, 'groupFileDelete', { file_list });
    expect(await remove(member, his.file_id, mine.file_id, 999, mine.file_id)).toEqual([
      failed(his.file_id, 'sharedFileForeign'),
      done(mine),
      failed(999, 'sharedFileNotFound'),
    ]);
    expect(await ears.heard()).toEqual(
      heardByAll(told(cast, Type.FILE_DELETED, member, { file_list: [mine.file_id] })),
    );
    expect(await ok(member, 'groupFiles')).toEqual([his, other]);
    expect(await remove(member, his.file_id, other.file_id, mine.file_id)).toEqual([
      failed(his.file_id, 'sharedFileForeign'),
      failed(other.file_id, 'sharedFileForeign'),
      failed(mine.file_id, 'sharedFileNotFound'),
    ]);
    expect(await remove(member)).toEqual([]);
    expect(await ears.heard()).toEqual(new Map());
    expect(await remove(admin, other.file_id, his.file_id)).toEqual([done(other), done(his)]);
    const both = { file_list: [other.file_id, his.file_id] };
    expect(await ears.heard()).toEqual(heardByAll(told(cast, Type.FILE_DELETED, admin, both)));
    expect(await ok(member, 'groupFiles')).toEqual([]);
    expect((await call(member, 'groupFile', { file_id: his.file_id })).code).toBe(20022);
    expect((await call(owner, 'groupFileRename', { file_id: his.file_id, name: 'x' })).code).toBe(20022);
  });

  it('stays with the group when who shared it leaves, and is his no more', async () => {
    const { member, owner } = cast;
    const file = await share(member, 'left behind');
    await ok(member, 'groupLeave');
    expect((await call(member, 'groupFileRename', { file_id: file.file_id, name: 'x' })).code).toBe(20011);
    expect((await call(member, 'groupFileDelete', { file_list: [file.file_id] })).code).toBe(20011);
    expect(await ok(owner, 'groupFiles')).toEqual([file]);
  });

  it('of another group is not found in this one', async () => {
    const { owner } = cast;
    const { group_id } = await ok(owner, 'groupCreate', { name: 'another' });
    const { file_id } = await ok(owner, 'groupFileShare', { group_id, name: 'x', size: 1, url });
    expect((await call(owner, 'groupFile', { file_id })).code).toBe(20022);
    expect((await call(owner, 'groupFileRename', { file_id, name: 'y' })).code).toBe(20022);
    expect(await ok(owner, 'groupFileDelete', { file_list: [file_id] })).toEqual([
      failed(file_id, 'sharedFileNotFound'),
    ]);
    expect(await ok(owner, 'groupFiles', { group_id })).toMatchObject([{ file_id, name: 'x' }]);
  });

  it('reaches the devices of members that were away', async () => {
    const { owner, member, outsider } = cast;
    const file = await share(owner, 'old');
    await ok(owner, 'groupFileRename', { file_id: file.file_id, name: 'new' });
    await ok(owner, 'groupFileDelete', { file_list: [file.file_id] });
    const heard = async (person: Person) =>
      (await heardLater(cast, person, 'group')).filter(({ type }) => type >= Type.FILE_UPLOADED);
    expect(await heard(member)).toEqual([
      told(cast, Type.FILE_UPLOADED, owner, file),
      told(cast, Type.FILE_UPDATED, owner, { ...file, name: 'new' }),
      told(cast, Type.FILE_DELETED, owner, { file_list: [file.file_id] }),
    ]);
    expect(await heard(outsider)).toEqual([]);
  });

  it('that is no good is refused with the name of what is wrong', async () => {
    const { member } = cast;
    const good = { name: 'x', size: 1, url };
    const bad: [object, string][] = [
      [{ name: '' }, 'name'],
      [{ name: 'x'.repeat(limits.fileNameChars + 1) }, 'name'],
      [{ size: -1 }, 'size'],
      [{ size: 1.5 }, 'size'],
      [{ size: 1e300 }, 'size'],
      [{ url: '' }, 'url'],
      [{ url: 'javascript:alert(1)' }, 'url'],
      [{ url: 'file:///etc/passwd' }, 'url'],
      [{ url: '/local/path' }, 'url'],
      [{ url: 'a/../../b' }, 'url'],
      [{ url: `https://x.example/${'x'.repeat(limits.urlChars)}` }, 'url'],
      [{ type: 'x'.repeat(65) }, 'type'],
    ];
    for (const [change, field] of bad) {
      const answer = await call(member, 'groupFileShare', { ...good, ...change });
      expect([change, answer.code, answer.message]).toEqual([change, 10002, expect.stringContaining(field)]);
    }
    expect(await ok(member, 'groupFiles')).toEqual([]);
    expect(await ears.heard()).toEqual(new Map());
    expect(await share(member, '../קובץ \u202Efdp.exe')).toMatchObject({ name: '../קובץ \u202Efdp.exe' });
  });

  it('is refused where there are too many, until one is deleted', async () => {
    const { owner, member, gid, people } = cast;
    changeDatabase(
      people.server,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.groupListItems})
       INSERT INTO group_file (gid, uploader, name, type, size, url, created_at, updated_at)
       SELECT ${gid}, ${owner.uid}, i, '', 1, 'x', i, i FROM n`,
    );
    expect((await call(member, 'groupFileShare', { name: 'x', size: 1, url })).code).toBe(10010);
    expect(await ears.heard()).toEqual(new Map());
    const all = await ok(member, 'groupFiles');
    expect(all).toHaveLength(limits.groupListItems);
    await ok(owner, 'groupFileDelete', { file_list: [all[0].file_id] });
    await share(member, 'room again');
  });
});
