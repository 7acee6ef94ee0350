import { decodeMessageBody, type MessageBody, type Meta, StatusCode, type SyncDL, type SyncUL } from '@flooim/protocol';
import { expect } from 'vitest';
import { decodeNested } from '../../../protocol/test/nested.ts';
import { bytesOf, type Vector } from '../../../protocol/test/vectors.ts';
import { DeployedPhone } from './deployed-phone.ts';
import type { Phone } from './phone.ts';
import { rewriteFrame } from './rewrite-frame.ts';
import type { VectorCast } from './vector-cast.ts';

export const ok = { code: StatusCode.OK, reason: '' };
/** Mids and keys by those recorded. */
export type Replaced = [recorded: number, real: number][];

/** The frame as recorded, about who and what is here. */
export function realFrame(cast: VectorCast, vector: Vector | undefined, replaced: Replaced = []): Uint8Array {
  const numbers = new Map([...cast.numbers, ...replaced]);
  return rewriteFrame(bytesOf(vector as Vector), { numbers, texts: cast.texts });
}

/** What a recorded frame sends. */
export const metaIn = (bytes: Uint8Array) =>
  (decodeNested(bytes, 'uplink').payload as SyncUL).meta as unknown as MetaUp;
type MetaUp = Omit<Meta, 'payload'> & { payload: MessageBody };

/** Sends what a client expects an acknowledgement of, and checks it. */
export async function sendRecorded(
  cast: VectorCast,
  vector: Vector | undefined,
  by: DeployedPhone,
  peer: number,
  replaced?: Replaced,
): Promise<SyncDL> {
  const count = by.heard.length;
  const bytes = realFrame(cast, vector, replaced);
  const { id } = metaIn(bytes);
  by.raw.sendBytes(bytes);
  const answer = await by.after(count, ({ clientMid }) => clientMid === id, 'the acknowledgement');
  const placed = { serverMid: expect.toSatisfy(Number.isSafeInteger), serverTime: expect.any(Number) };
  const xid = { uid: peer, deviceSN: 0 };
  expect(answer).toMatchObject({ status: ok, xid, clientMid: id, ...placed, metas: [], nextKey: 0 });
  expect(answer.serverMid).toBeGreaterThan(0);
  expect(Math.abs(answer.serverTime - Date.now())).toBeLessThan(60_000);
  return answer;
}

/** What somebody has not read of a conversation. */
export async function countOf(cast: VectorCast, person: 'alice' | 'bob', peer: number): Promise<number> {
  const rows = await cast.people.ok(cast.people[person], 'messageUnread');
  return rows.find((row: { conversation_id: { uid: number } }) => row.conversation_id.uid === peer)?.num ?? 0;
}

export const midOf = async (answer: Promise<SyncDL>) => (await answer).serverMid;
export async function historyMids(phone: Phone, peer: number): Promise<number[]> {
  return (await phone.history(peer, 0, 200)).metas.map(({ id }) => id);
}

/** The entry with this mid, as each of these devices gets it. */
export async function heardBy(mid: number, ...devices: (DeployedPhone | Phone)[]): Promise<Meta[]> {
  const isIt = (sync: SyncDL) => sync.metas.some(({ id }) => id === mid);
  return Promise.all(
    devices.map(async (device) => {
      const old = device instanceof DeployedPhone;
      const sync = await (old ? device.after(0, isIt, `entry ${mid}`) : device.pushedWhere(isIt, `entry ${mid}`));
      expect(sync).toMatchObject({ status: ok, xid: { deviceSN: 0 } });
      // Where one entry tells of several messages, deployed clients get a meta for each, the last one last.
      return sync.metas.findLast(({ id }) => id === mid) as Meta;
    }),
  );
}

export const hasHeard = (device: DeployedPhone, mid: number) =>
  device.heard.some(({ metas }) => metas.some(({ id }) => id === mid));

/** An operation, as the devices get it that hear of it. */
export async function operationHeard(mid: number, ...devices: (DeployedPhone | Phone)[]) {
  const bodies = (await heardBy(mid, ...devices)).map(({ payload }) => decodeMessageBody(payload));
  for (const body of bodies) expect(body).toEqual(bodies[0]);
  return bodies[0]?.operation;
}
