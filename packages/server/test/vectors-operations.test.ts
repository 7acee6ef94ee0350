import {
  ConversationOperationType,
  DeliveryStatus,
  decodeConversation,
  decodeMessageBody,
  Namespace,
  OperationType,
} from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uplink, type Vector } from '../../protocol/test/vectors.ts';
import type { DeployedPhone } from './support/deployed-phone.ts';
import { groupText } from './support/group-talk.ts';
import { bySubject, operations, startVectorCast, type VectorCast } from './support/vector-cast.ts';
import {
  countOf,
  hasHeard,
  heardBy,
  historyMids,
  midOf,
  ok,
  operationHeard,
  type Replaced,
  sendRecorded,
} from './support/vector-uplink.ts';

let cast: VectorCast;
beforeAll(async () => {
  cast = await startVectorCast();
});
afterAll(() => cast.close());

const { READ_ACK, READ_ALL, READ_CANCEL, RECALL, DELETE, APPEND, REPLACE } = OperationType;
const uid = (person: 'alice' | 'bob') => cast.people[person].uid;
const send = (vector: Vector | undefined, by: DeployedPhone, peer: number, replaced?: Replaced) =>
  sendRecorded(cast, vector, by, peer, replaced);
const unread = (person: 'alice' | 'bob', peer: number) => countOf(cast, person, peer);

async function playEdit([vector]: Vector[], type: OperationType, expected: object): Promise<void> {
  const { alice, bob } = cast;
  const base = { content: 'base', config: '{"a":1}', ext: '{"b":1}' };
  const mid = await midOf(alice.new.message(uid('bob'), base));
  const { serverMid, editTimestamp } = await send(vector, alice.old, uid('bob'), [[1_700_000_000_000_028, mid]]);
  expect(Math.abs(editTimestamp - Date.now())).toBeLessThan(60_000);
  expect(await operationHeard(serverMid, bob.old, bob.new, alice.new)).toMatchObject({ type, mid });
  const [heard] = await heardBy(serverMid, bob.old);
  expect(decodeMessageBody(heard?.payload as Uint8Array).editTimestamp).toBe(editTimestamp);
  const [last] = (await bob.new.history(uid('alice'), 0, 1)).metas;
  const { content, config, ext, ...rest } = decodeMessageBody(last?.payload as Uint8Array);
  const present = { content, config: JSON.parse(config), ext: JSON.parse(ext) };
  expect({ mid: last?.id, editTimestamp: rest.editTimestamp, ...present }).toEqual({ mid, editTimestamp, ...expected });
}

const plays: Record<string, (vectors: Vector[]) => Promise<void>> = {
  async 'read ack (single message)'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(alice.new.text(uid('bob'), 'to be read'));
    const { serverMid } = await send(vector, bob.old, uid('alice'), [[1_700_000_000_000_005, mid]]);
    expect(await operationHeard(serverMid, alice.old, alice.new, bob.new)).toMatchObject({ type: READ_ACK, mid });
    const [last] = (await alice.new.history(uid('bob'), 0, 1)).metas;
    expect(decodeMessageBody(last?.payload as Uint8Array).status).toBe(DeliveryStatus.READ);
    expect(await unread('bob', uid('alice'))).toBe(0);
  },

  async 'read all of a conversation'([first, second, third, all]) {
    const { alice, bob } = cast;
    const mids = [6, 7, 10].map(async (n) => [
      1_700_000_000_000_000 + n,
      await midOf(alice.new.text(uid('bob'), `${n}`)),
    ]);
    const replaced = (await Promise.all(mids)) as Replaced;
    for (const [i, vector] of [first, second, third].entries()) {
      const { serverMid } = await send(vector, bob.old, uid('alice'), replaced);
      const heard = await operationHeard(serverMid, alice.old, alice.new);
      expect(heard).toMatchObject({ type: READ_ACK, mid: replaced[i]?.[1] });
    }
    const { serverMid } = await send(all, bob.old, 0, replaced);
    const operation = { type: READ_ALL, mid: replaced[2]?.[1], xid: { uid: uid('alice') } };
    expect(await operationHeard(serverMid, bob.new)).toMatchObject(operation);
    expect(await unread('bob', uid('alice'))).toBe(0);
  },

  async 'mark message unread'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(alice.new.text(uid('bob'), 'read and forgotten'));
    await bob.new.operate(uid('alice'), READ_ACK, mid);
    expect(await unread('bob', uid('alice'))).toBe(0);
    const { serverMid } = await send(vector, bob.old, 0, [[1_700_000_000_000_005, mid]]);
    const operation = { type: READ_CANCEL, mid, xid: { uid: uid('alice') } };
    expect(await operationHeard(serverMid, bob.new)).toMatchObject(operation);
    expect(await unread('bob', uid('alice'))).toBe(1);
    await alice.old.settle();
    expect(hasHeard(alice.old, serverMid)).toBe(false);
  },

  async 'recall 1:1'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(alice.new.text(uid('bob'), 'to be recalled'));
    const { serverMid } = await send(vector, alice.old, uid('bob'), [[1_700_000_000_000_005, mid]]);
    expect(await operationHeard(serverMid, bob.old, bob.new, alice.new)).toMatchObject({ type: RECALL, mid });
    expect(await historyMids(bob.new, uid('alice'))).not.toContain(mid);
    expect(await historyMids(alice.new, uid('bob'))).not.toContain(mid);
  },

  async 'recall in group'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(groupText(alice.new, cast.gid, 'to be recalled'));
    const { serverMid } = await send(vector, alice.old, cast.gid, [[1_700_000_000_000_022, mid]]);
    const operation = { type: RECALL, mid, xid: { uid: cast.gid } };
    expect(await operationHeard(serverMid, bob.old, bob.new, alice.new)).toMatchObject(operation);
    expect(await historyMids(bob.new, cast.gid)).not.toContain(mid);
  },

  async 'delete message (self only)'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(bob.new.text(uid('alice'), 'to be deleted'));
    const { serverMid } = await send(vector, alice.old, 0, [[1_700_000_000_000_005, mid]]);
    const operation = { type: DELETE, mid, xid: { uid: uid('bob') } };
    expect(await operationHeard(serverMid, alice.new)).toMatchObject(operation);
    expect(await historyMids(alice.new, uid('bob'))).not.toContain(mid);
    expect(await historyMids(bob.new, uid('alice'))).toContain(mid);
    await bob.old.settle();
    expect(hasHeard(bob.old, serverMid)).toBe(false);
  },

  async 'delete conversation everywhere'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(bob.new.text(uid('alice'), 'goes with all'));
    const { serverMid } = await send(vector, alice.old, 0);
    const [meta] = await heardBy(serverMid, alice.new);
    expect(meta?.ns).toBe(Namespace.CONVERSATION);
    const { operation } = decodeConversation(meta?.payload as Uint8Array);
    expect(operation).toMatchObject({ type: ConversationOperationType.DELETE_EVERYWHERE, xid: { uid: uid('bob') } });
    expect(await historyMids(alice.new, uid('bob'))).toEqual([]);
    expect(await historyMids(bob.new, uid('alice'))).toContain(mid);
    const later = await midOf(bob.new.text(uid('alice'), 'begins anew'));
    expect(await historyMids(alice.new, uid('bob'))).toEqual([later]);
  },

  async 'delete conversation on this device'([vector]) {
    const { alice } = cast;
    const mid = await midOf(groupText(alice.new, cast.gid, 'stays on the other'));
    await alice.old.settle();
    await send(vector, alice.old, cast.gid);
    const page = alice.old.next(({ isFullSync }) => isFullSync, 'a page');
    alice.old.raw.sync({ xid: { uid: cast.gid }, isFullSync: true, fullSyncNum: 20 });
    expect(await page).toMatchObject({ status: ok, xid: { uid: cast.gid }, metas: [], nextKey: 0 });
    expect(await historyMids(alice.new, cast.gid)).toContain(mid);
  },

  async 'read group conversation'([vector]) {
    const { alice, bob } = cast;
    const mid = await midOf(groupText(alice.new, cast.gid, 'for all'));
    expect(await unread('bob', cast.gid)).toBeGreaterThan(0);
    const { serverMid } = await send(vector, bob.old, 0, [[1_700_000_000_000_023, mid]]);
    const operation = { type: READ_ALL, mid, xid: { uid: cast.gid } };
    expect(await operationHeard(serverMid, bob.new)).toMatchObject(operation);
    expect(await unread('bob', cast.gid)).toBe(0);
  },

  async 'read a group message that asked for acks'([one, all]) {
    const { alice, bob } = cast;
    await cast.people.ok(cast.people.alice, 'groupReadAck', { group_id: cast.gid, value: true });
    const mid = await midOf(groupText(alice.new, cast.gid, 'who reads it?'));
    const replaced: Replaced = [[1_700_000_000_000_035, mid]];
    const { serverMid } = await send(one, bob.old, uid('alice'), replaced);
    const [meta] = await heardBy(serverMid, alice.old, alice.new);
    expect(meta).toMatchObject({ from: { uid: uid('bob') }, to: { uid: uid('alice') } });
    expect(await operationHeard(serverMid, alice.old, alice.new)).toMatchObject({ type: READ_ACK, mid });
    const read = await send(all, bob.old, 0, replaced);
    const operation = { type: READ_ALL, mid, xid: { uid: cast.gid } };
    expect(await operationHeard(read.serverMid, bob.new)).toMatchObject(operation);
  },

  'append content': (vectors) => playEdit(vectors, APPEND, { content: 'base more', config: { a: 1 }, ext: { b: 1 } }),

  'replace content': (vectors) =>
    playEdit(vectors, REPLACE, { content: 'new', config: { a: 1, k: 1 }, ext: { b: 1, e: 2 } }),

  'replace content without config/ext': (vectors) =>
    playEdit(vectors, REPLACE, { content: 'new2', config: { a: 1 }, ext: { b: 1 } }),
};

describe('the server answers what deployed clients were recorded to do to messages and conversations', () => {
  const subjects = [...bySubject(uplink)].filter(([subject]) => operations.test(subject));

  test('of everything recorded there is a play', () => {
    expect(subjects.map(([subject]) => subject).toSorted()).toEqual(Object.keys(plays).toSorted());
  });

  test.each(subjects)('%s', async (subject, vectors) => {
    await plays[subject]?.(vectors);
  });
});
