import { decodeGroupNotice, type EndpointName, Namespace, type SyncDL } from '@flooim/protocol';
import { expect } from 'vitest';
import { Phone } from './phone.ts';
import { type Answer, addApp, join, type People, type Person, startPeople } from './rest.ts';

export const memberRoles = ['owner', 'admin', 'member', 'banned', 'silent'] as const;
export const roles = [...memberRoles, 'left', 'outsider', 'foreigner'] as const;
export type Role = (typeof roles)[number];

/**
 * Who is to be in a group, and around it. `banned` and `silent` are members: one may not send, one wants to get no messages.
 * `left` was in it once, `foreigner` is of another app.
 */
export type Company = Record<Role, Person> & { people: People };

/** A group of these. */
export interface Cast extends Company {
  gid: number;
  /** Calls as somebody, in his own app, about the group if the parameters name no other. */
  as(person: Person, name: EndpointName, params?: object): Promise<Answer>;
  /** As `as`, and it has to work. */
  ok(person: Person, name: EndpointName, params?: object): Promise<Answer['data']>;
}

export async function gather(...options: Parameters<typeof startPeople>): Promise<Company> {
  const people = await startPeople(...options);
  const { alice: owner, bob: admin, carol: member, url, server } = people;
  await addApp(server, 'other');
  // One after the other: their ids come in this order.
  const banned = await join(url, 'dora');
  const silent = await join(url, 'erin');
  const left = await join(url, 'frank');
  const outsider = await join(url, 'grace');
  const foreigner = await join(url, 'heidi', 'phone', 'other');
  return { people, owner, admin, member, banned, silent, left, outsider, foreigner };
}

/** A company and a group of theirs. */
export async function startCast(...options: Parameters<typeof startPeople>): Promise<Cast> {
  return newGroup(await gather(...options));
}

export async function newGroup(company: Company): Promise<Cast> {
  const { people, owner, admin, member, banned, silent, left } = company;
  const user_list = [admin, member, banned, silent, left].map(({ uid }) => uid);
  const { group_id } = await people.ok(owner, 'groupCreate', { name: 'the group', user_list });
  await people.ok(owner, 'groupAdminAdd', { group_id, user_list: [admin.uid] });
  await people.ok(owner, 'groupBan', { group_id, user_list: [banned.uid], duration: -1 });
  await people.ok(silent, 'groupMuteMode', { group_id, msg_mute_mode: 2 });
  await people.ok(left, 'groupLeave', { group_id });
  const as: Cast['as'] = (person, name, params) => asOf(company, person, name, { group_id, ...params });
  return {
    ...company,
    gid: group_id,
    as,
    async ok(...call) {
      const answer = await as(...call);
      expect(answer.code, answer.text).toBe(200);
      return answer.data;
    },
  };
}

/** Calls as somebody, in his own app. */
export function asOf(
  { people, foreigner }: Company,
  person: Person,
  name: EndpointName,
  params: object,
): Promise<Answer> {
  return people.as(person, name, params, person === foreigner ? { appId: 'other' } : {});
}

/** A group's notice as a device got it. */
export interface Heard {
  /** Where it stood: the group, or 0 for the system conversation. */
  conversation: number;
  gid: number;
  type: number;
  from: number;
  to: number[];
  content: string;
}

/** What everyone in the group hears, and nobody else. */
export function heardByMembers(cast: Cast, ...heard: Heard[]): Map<Person, Heard[]> {
  return new Map(memberRoles.map((role) => [cast[role], heard]));
}

/** A notice of this group to all its members. */
export function told({ gid }: Cast, type: number, by: Person, content: string | object = '', to: Person[] = []): Heard {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { conversation: gid, gid, type, from: by.uid, to: to.map(({ uid }) => uid), content: text };
}

/** Everyone of a company on two devices each. */
export class Ears {
  readonly #phones: Map<Person, [Phone, Phone]>;

  private constructor(phones: Map<Person, [Phone, Phone]>) {
    this.#phones = phones;
  }

  static async open(company: Company): Promise<Ears> {
    const { url } = company.people;
    const connect = async (person: Person): Promise<[Phone, Phone]> => [
      await Phone.connect(url, { ...person, guid: `${person.name} phone` }),
      await Phone.connect(url, { ...person, guid: `${person.name} desk` }),
    ];
    const phones = roles.map(async (role) => [company[role], await connect(company[role])] as const);
    return new Ears(new Map(await Promise.all(phones)));
  }

  /** What each of them was pushed on both devices since the last time; who heard nothing is left out. */
  async heard(): Promise<Map<Person, Heard[]>> {
    const heard = new Map<Person, Heard[]>();
    for (const [person, phones] of this.#phones) {
      const [first, second] = [await drain(phones[0]), await drain(phones[1])];
      expect(first, `the devices of ${person.name} heard different things`).toEqual(second);
      if (first.length > 0) heard.set(person, first);
    }
    return heard;
  }

  close(): void {
    for (const phones of this.#phones.values()) for (const phone of phones) phone.raw.terminate();
  }
}

/** What somebody's device that was never here before pulls of the group's notices, from the group or the system conversation. */
export async function heardLater(cast: Cast, person: Person, place: 'group' | 'system'): Promise<Heard[]> {
  const phone = await Phone.connect(cast.people.url, { ...person, guid: `new in time for ${cast.gid}` });
  const frames: SyncDL[] = [];
  for (let key = 0; ; ) {
    const frame = await phone.pull(place === 'group' ? cast.gid : 0, key);
    if (frame.nextKey === 0) break;
    frames.push(frame);
    key = frame.nextKey;
  }
  phone.raw.terminate();
  return heardIn(frames).filter(({ gid }) => gid === cast.gid);
}

async function drain(phone: Phone): Promise<Heard[]> {
  await phone.settle();
  return heardIn(phone.pushed.splice(0));
}

export function heardIn(frames: readonly SyncDL[]): Heard[] {
  return frames.flatMap(({ metas, xid }) =>
    metas
      .filter(({ ns }) => ns === Namespace.GROUP_NOTICE)
      .map(({ payload }) => {
        const { type, gid, from, to, content } = decodeGroupNotice(payload);
        const [group, actor] = [gid?.uid ?? -1, from?.uid ?? -1];
        return { conversation: xid?.uid ?? -1, gid: group, type, from: actor, to: to.map(({ uid }) => uid), content };
      }),
  );
}
