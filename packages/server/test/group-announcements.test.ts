import { type EndpointName, type GroupAnnouncement, limits, GroupNoticeType as Type } from '@flooim/protocol';
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
const announce = (by: Person, title: string, content = ''): Promise<GroupAnnouncement> =>
  ok(by, 'groupAnnounce', { title, content });
describe('an announcement', () => {
  it('is told to all members whole, and every member can read it', async () => {
    const { admin, member, gid } = cast;
    const announcement = await announce(admin, 'Titel 📣', 'line\n"quoted" \u202E');
    expect(announcement).toEqual({
      id: announcement.id,
      group_id: gid,
      author: admin.uid,
      title: 'Titel 📣',
      content: 'line\n"quoted" \u202E',
      created_at: clock(),
    });
    expect(await ears.heard()).toEqual(heardByAll(told(cast, Type.ANNOUNCEMENT_UPDATED, admin, announcement)));
    expect(await ok(member, 'groupAnnouncement', { announcement_id: announcement.id })).toEqual(announcement);
    expect(await ok(member, 'groupAnnouncementLast')).toEqual(announcement);
  });

  it('is added to those before, also when it says the same', async () => {
    const { owner, admin, member } = cast;
    const all = [await announce(owner, 'one', 'x'), await announce(admin, 'two'), await announce(owner, 'one', 'x')];
    expect(await ok(member, 'groupAnnouncements')).toEqual(all);
    expect(await ok(member, 'groupAnnouncementLast')).toEqual(all[2]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  });

  it('that is deleted is gone, and all members hear which', async () => {
    const { owner, admin, member } = cast;
    const [first, second] = [await announce(owner, 'one'), await announce(owner, 'two')];
    await ears.heard();
    expect(await ok(admin, 'groupAnnouncementDelete', { announcement_id: second.id })).toBe(true);
    expect(await ears.heard()).toEqual(heardByAll(told(cast, Type.ANNOUNCEMENT_UPDATED, admin, { id: second.id })));
    expect(await ok(member, 'groupAnnouncements')).toEqual([first]);
    expect(await ok(member, 'groupAnnouncementLast')).toEqual(first);
    expect((await call(member, 'groupAnnouncement', { announcement_id: second.id })).code).toBe(20020);
    expect((await call(admin, 'groupAnnouncementDelete', { announcement_id: second.id })).code).toBe(20020);
    expect(await ears.heard()).toEqual(new Map());
    // Its number is never given again.
    expect((await announce(owner, 'three')).id).toBeGreaterThan(second.id);
  });

  it('reaches the devices of members that were away', async () => {
    const { owner, member, left } = cast;
    const announcement = await announce(owner, 'news');
    await ok(owner, 'groupAnnouncementDelete', { announcement_id: announcement.id });
    const heard = async (person: Person) =>
      (await heardLater(cast, person, 'group')).filter(({ type }) => type === Type.ANNOUNCEMENT_UPDATED);
    expect(await heard(member)).toEqual([
      told(cast, Type.ANNOUNCEMENT_UPDATED, owner, announcement),
      told(cast, Type.ANNOUNCEMENT_UPDATED, owner, { id: announcement.id }),
    ]);
    expect(await heard(left)).toEqual([]);
  });

  it('of another group is not found in this one', async () => {
    const { owner, gid } = cast;
    const { group_id } = await ok(owner, 'groupCreate', { name: 'another' });
    const { id } = await ok(owner, 'groupAnnounce', { group_id, title: 'there', content: '' });
    expect((await call(owner, 'groupAnnouncement', { announcement_id: id })).code).toBe(20020);
    expect((await call(owner, 'groupAnnouncementDelete', { announcement_id: id })).code).toBe(20020);
    expect(await ok(owner, 'groupAnnouncements', { group_id })).toHaveLength(1);
    expect(await ok(owner, 'groupAnnouncements')).toEqual([]);
    expect(gid).not.toBe(group_id);
  });

  it('does not exist where none was made', async () => {
    expect((await call(cast.member, 'groupAnnouncementLast')).code).toBe(20020);
    expect(await ok(cast.member, 'groupAnnouncements')).toEqual([]);
  });

  it('has a title and keeps within its bounds', async () => {
    const { owner } = cast;
    const bad: [object, string][] = [
      [{ title: '', content: 'x' }, 'title'],
      [{ content: 'x' }, 'title'],
      [{ title: 'x' }, 'content'],
      [{ title: 'x'.repeat(limits.announcementTitleChars + 1), content: '' }, 'title'],
      [{ title: 'x', content: 'x'.repeat(limits.announcementChars + 1) }, 'content'],
    ];
    for (const [params, field] of bad) {
      const answer = await call(owner, 'groupAnnounce', params);
      expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining(field)]);
    }
    expect(await ears.heard()).toEqual(new Map());
    const longest = await announce(
      owner,
      '📣'.repeat(limits.announcementTitleChars),
      '\u0001'.repeat(limits.announcementChars),
    );
    expect(await ears.heard()).toEqual(heardByAll(told(cast, Type.ANNOUNCEMENT_UPDATED, owner, longest)));
  });

  it('is refused where there are too many, until one is deleted', async () => {
    const { owner, gid, people } = cast;
    changeDatabase(
      people.server,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.groupListItems})
       INSERT INTO group_announcement (gid, author, title, content, created_at) SELECT ${gid}, ${owner.uid}, i, '', i FROM n`,
    );
    expect((await call(owner, 'groupAnnounce', { title: 'x', content: '' })).code).toBe(10010);
    expect(await ears.heard()).toEqual(new Map());
    const all = await ok(owner, 'groupAnnouncements');
    expect(all).toHaveLength(limits.groupListItems);
    await ok(owner, 'groupAnnouncementDelete', { announcement_id: all[0].id });
    await announce(owner, 'room again');
  });
});
