import { ContentType, type Init, type MessageBody, MessageType, type SyncDL, type Vsn } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Cast, type Company, gather, newGroup } from './group-cast.ts';
import { Phone, texts } from './phone.ts';
import type { Person, startPeople } from './rest.ts';

/** A group of the company's, made anew for each test, and phones. */
export interface Talk extends Cast {
  /** Connects a device of somebody until the end of the test; `vsn` by default that of our own clients. */
  phone(person: Person, guid?: string, vsn?: Vsn): Promise<Phone>;
}

/** One server for a file, one group for each of its tests. */
export function useTalk(...options: Parameters<typeof startPeople>): () => Talk {
  let company: Company;
  let talk: Talk;
  const phones: Phone[] = [];
  beforeAll(async () => {
    company = await gather(...options);
  });
  afterAll(() => company.people.close());
  beforeEach(async () => {
    const cast = await newGroup(company);
    const phone: Talk['phone'] = async ({ uid, token, name }, guid = 'phone', vsn) => {
      const connected = await Phone.connect(company.people.url, { uid, token, guid: `${name} ${guid}` }, vsn);
      phones.push(connected);
      return connected;
    };
    talk = { ...cast, phone };
  });
  afterEach(() => {
    for (const phone of phones.splice(0)) phone.raw.terminate();
  });
  return () => talk;
}

export function groupMessage(phone: Phone, gid: number, body: Init<MessageBody>, id?: number): Promise<SyncDL> {
  return phone.message(gid, { type: MessageType.GROUPCHAT, ...body }, id);
}

export function groupText(phone: Phone, gid: number, content: string, id?: number): Promise<SyncDL> {
  return groupMessage(phone, gid, { content, ctype: ContentType.TEXT }, id);
}

/** Says several things in the group; their mids. */
export async function say(phone: Phone, gid: number, ...contents: string[]): Promise<number[]> {
  const mids: number[] = [];
  for (const content of contents) {
    const answer = await groupText(phone, gid, content);
    expect(answer.status?.reason).toBe('');
    mids.push(answer.serverMid);
  }
  return mids;
}

/** All that a device can pull of a conversation, page by page. */
export async function pullAll(phone: Phone, peer: number, page = 200): Promise<SyncDL['metas']> {
  const metas: SyncDL['metas'] = [];
  for (let key = 0; ; ) {
    const frame = await phone.pull(peer, key, page);
    if (frame.nextKey === 0) return metas;
    expect(frame.nextKey).toBeGreaterThan(key);
    metas.push(...frame.metas);
    key = frame.nextKey;
  }
}

/** The texts of the messages among them. */
export function textsOf(metas: SyncDL['metas']): string[] {
  return texts({ metas } as SyncDL);
}

/** The row of a conversation in the unread list that a device asks for. */
export async function rowOf(phone: Phone, peer: number) {
  return (await phone.unread()).find(({ xid }) => xid.uid === peer);
}
