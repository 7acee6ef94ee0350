import { decodeMessageBody, Namespace, type SyncDL, type SyncUL, UserNoticeType, Vsn } from '@flooim/protocol';
import { RawClient, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeNested } from '../../protocol/test/nested.ts';
import { uplink, type Vector } from '../../protocol/test/vectors.ts';
import { DeployedPhone } from './support/deployed-phone.ts';
import { groupText } from './support/group-talk.ts';
import { pushedNotice } from './support/notices.ts';
import { bySubject, operations, startVectorCast, type VectorCast } from './support/vector-cast.ts';
import {
  countOf,
  hasHeard,
  heardBy,
  historyMids,
  metaIn,
  ok,
  type Replaced,
  realFrame,
  sendRecorded,
} from './support/vector-uplink.ts';

let cast: VectorCast;
beforeAll(async () => {
  cast = await startVectorCast();
});
afterAll(() => cast.close());

const uid = (person: 'alice' | 'bob') => cast.people[person].uid;
const send = (vector: Vector | undefined, by: DeployedPhone, peer: number, replaced?: Replaced) =>
  sendRecorded(cast, vector, by, peer, replaced);
const unread = (person: 'alice' | 'bob', peer: number) => countOf(cast, person, peer);

/** A message: to the peer's devices and the sender's other one, into history and the unread count, never back. */
async function playMessage([vector]: Vector[], peer: number): Promise<void> {
  const { alice, bob } = cast;
  const from = peer === cast.gid ? cast.gid : uid('alice');
  const [before, counts] = [metaIn(realFrame(cast, vector)), (await unread('bob', from)) + 1];
  const { serverMid, serverTime } = await send(vector, alice.old, peer);
  const [expected, ...others] = await heardBy(serverMid, bob.old, bob.new, alice.new);
  for (const other of others) expect(other).toEqual(expected);
  expect(expected).toMatchObject({
    from: { uid: uid('alice'), deviceSN: alice.old.raw.deviceSN },
    to: { uid: peer, deviceSN: 0 },
    timestamp: serverTime,
    ns: Namespace.MESSAGE,
  });
  const body = decodeMessageBody(expected?.payload as Uint8Array);
  expect(body).toEqual({ ...before.payload, operation: undefined });
  await alice.old.settle();
  expect(hasHeard(alice.old, serverMid)).toBe(false);
  const [last] = (await bob.new.history(from, 0, 1)).metas;
  expect(last).toEqual(expected);
  const isCommand = vector?.name.includes('command') === true;
  expect(await unread('bob', from)).toBe(isCommand ? counts - 1 : counts);
}

const toBob = (vectors: Vector[]) => playMessage(vectors, uid('bob'));
const toGroup = (vectors: Vector[]) => playMessage(vectors, cast.gid);

async function playHistory([vector]: Vector[], key: (mids: number[]) => number, count: number): Promise<void> {
  const { alice, bob } = cast;
  for (let i = 0; i < 21; i++) await bob.new.text(uid('alice'), `${i}`);
  const mids = await historyMids(alice.new, uid('bob'));
  const replaced: Replaced = [[1_700_000_000_000_009, key(mids)]];
  const page = alice.old.next(({ isFullSync }) => isFullSync, 'a page');
  const bytes = realFrame(cast, vector, replaced);
  alice.old.raw.sendBytes(bytes);
  const from = (decodeNested(bytes, 'uplink').payload as SyncUL).key;
  const expected = mids.filter((mid) => from === 0 || mid < from).slice(0, count);
  expect(expected).toHaveLength(count);
  const { metas, ...rest } = await page;
  expect(metas.map(({ id }) => id)).toEqual(expected);
  expect(metas.every(({ ns, from, to }) => ns === Namespace.MESSAGE && from?.uid && to?.uid)).toBe(true);
  expect(rest).toMatchObject({ status: ok, xid: { uid: uid('bob') }, nextKey: expected.at(-1), clientMid: 0 });
}

/** A device of bob's with a deployed client that was never here and does nothing by itself. */
async function passivePhone(guid: string): Promise<DeployedPhone> {
  const login = { uid: uid('bob'), token: cast.people.bob.token, guid };
  const phone = new DeployedPhone(await RawClient.open(cast.people.url, Vsn.V1, 'socketio2'));
  phone.isPassive = true;
  await phone.raw.provision(login);
  return phone;
}

async function playPull([first, second]: Vector[], peer: () => number, act: () => Promise<unknown>): Promise<void> {
  const phone = await passivePhone(`pulls ${peer()}`);
  const noticed = new Promise<number | undefined>((resolve) => {
    phone.raw.onNotice = (notice) => resolve(notice?.xid.uid);
  });
  await act();
  expect(await noticed).toBe(peer());
  const answer = (key: number, bytes: Uint8Array) => {
    const page = phone.next(({ nextKey }) => nextKey !== key, `what comes after ${key}`);
    phone.raw.sendBytes(bytes);
    return page;
  };
  const page = await answer(0, realFrame(cast, first));
  const ids = page.metas.map(({ id }) => id);
  expect(page).toMatchObject({ status: ok, xid: { uid: peer(), deviceSN: 0 }, isFullSync: false, clientMid: 0 });
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(page.nextKey).toBe(ids.at(-1));
  const recordedKey = second?.name.startsWith('pull after Notice for the')
    ? 1_700_000_000_000_004
    : 1_700_000_000_000_010;
  const end = await answer(page.nextKey, realFrame(cast, second, [[recordedKey, page.nextKey]]));
  expect(end).toMatchObject({ status: ok, xid: { uid: peer(), deviceSN: 0 }, metas: [], nextKey: 0 });
  // What it acknowledged is told to the sender by an entry that it has to take as well.
  phone.isPassive = false;
  await phone.settle();
  phone.raw.terminate();
}

/** Plays a recorded Provision, maybe on a connection of its own after another. */
async function provision(vector: Vector | undefined) {
  const raw = await RawClient.open(cast.people.url, Vsn.V1, 'socketio2');
  const answered = new Promise<{ deviceSN: number }>((resolve) => {
    raw.onProvision = ({ status, xid }) => {
      expect({ status, uid: xid?.uid }).toEqual({ status: ok, uid: uid('alice') });
      resolve({ deviceSN: xid?.deviceSN ?? 0 });
    };
  });
  raw.sendBytes(realFrame(cast, vector));
  return { raw, ...(await answered) };
}

const plays: Record<string, (vectors: Vector[]) => Promise<void>> = {
  async 'provision first login'([vector]) {
    cast.alice.new.pushed.length = 0;
    const { raw, deviceSN } = await provision(vector);
    expect(deviceSN).toBeGreaterThan(0);
    // What it made up before.
    expect(deviceSN).not.toBe(1_001_069_999);
    await pushedNotice(cast.alice.new, UserNoticeType.DEVICE_ADDED);
    raw.terminate();
  },

  async 'provision after reload (token auto login)'([vector]) {
    const first = await provision(uplink[0]);
    const again = await provision(vector);
    expect(again.deviceSN).toBe(first.deviceSN);
    // It is the same device: the older connection gives way.
    await until(() => first.raw.disconnected === 'io server disconnect', 'the end of the older connection');
    again.raw.terminate();
  },

  async 'unread heartbeat (also sent once right after provision)'([vector]) {
    const { alice, bob } = cast;
    await groupText(alice.new, cast.gid, 'in the group');
    await alice.new.text(uid('bob'), 'the newest');
    await bob.old.settle();
    const phone = await passivePhone('heartbeat');
    const list = new Promise<{ status?: object; unread: { xid: { uid: number }; n: number; type: number }[] }>(
      (done) => {
        phone.raw.onUnread = done;
      },
    );
    phone.raw.sendBytes(realFrame(cast, vector));
    const { status, unread } = await list;
    expect(status).toEqual(ok);
    const rows = unread.map(({ xid, n, type }) => ({ uid: xid.uid, isBehind: n > 0, type }));
    const isBehind = true;
    // The oldest first: clients move each row to the front.
    expect(rows.filter(({ uid }) => uid > 0)).toEqual([
      { uid: cast.gid, isBehind, type: 2 },
      { uid: uid('alice'), isBehind, type: 1 },
    ]);
    expect(rows.filter(({ uid }) => uid === 0).every(({ type }) => type === 0)).toBe(true);
    phone.raw.terminate();
  },

  'pull after Notice for the notice conversation (uid 0)': (vectors) => {
    const apply = () => cast.people.ok(cast.people.carol, 'rosterApply', { user_id: uid('bob'), reason: 'hi' });
    return playPull(vectors, () => 0, apply);
  },

  'pull after Notice for a conversation': (vectors) => {
    const write = () => cast.alice.new.text(uid('bob'), 'to be pulled');
    return playPull(vectors, () => uid('alice'), write);
  },

  'send 1:1 text': toBob,

  'send 1:1 text with ext': toBob,

  'send 1:1 image with attachment': toBob,

  'send 1:1 command': toBob,

  'send group text': toGroup,

  mention: toGroup,

  async 'group text in a read_ack group'(vectors) {
    await cast.people.ok(cast.people.alice, 'groupReadAck', { group_id: cast.gid, value: true });
    await toGroup(vectors);
  },

  async typing([vector]) {
    const { alice, bob } = cast;
    const [count, heard] = [await unread('bob', uid('alice')), alice.old.heard.length];
    const isTyping = ({ metas }: SyncDL) =>
      metas.some(({ payload }) => String(payload).length > 0 && isStatus(payload));
    const isStatus = (payload: Uint8Array) => decodeMessageBody(payload).ext === '{"input_status":"typing"}';
    const before = (await bob.new.history(uid('alice'), 0, 1)).metas;
    bob.new.pushed.length = 0;
    const atOld = bob.old.next(isTyping, 'typing');
    alice.old.raw.sendBytes(realFrame(cast, vector));
    for (const sync of [await atOld, await bob.new.pushedWhere(isTyping, 'typing')]) {
      expect(sync).toMatchObject({ status: ok, xid: { uid: uid('alice') }, nextKey: 0 });
      expect(sync.metas[0]).toMatchObject({ from: { uid: uid('alice') }, to: { uid: uid('bob') }, ns: 1 });
    }
    await alice.old.settle();
    expect(alice.old.heard.slice(heard).filter(({ clientMid }) => clientMid > 0)).toEqual([]);
    expect((await bob.new.history(uid('alice'), 0, 1)).metas).toEqual(before);
    expect(await unread('bob', uid('alice'))).toBe(count);
  },

  'history from newest': (vectors) => playHistory(vectors, () => 0, 20),

  'history from a message id': (vectors) => playHistory(vectors, (mids) => mids[1] as number, 20),

  'history key above 2^53 (precision loss in the client)': (vectors) => playHistory(vectors, () => 0, 5),
};

describe('the server answers what deployed clients were recorded to send', () => {
  const subjects = [...bySubject(uplink)].filter(([subject]) => !operations.test(subject));

  test('of everything recorded there is a play', () => {
    expect(subjects.map(([subject]) => subject).toSorted()).toEqual(Object.keys(plays).toSorted());
  });

  test.each(subjects)('%s', async (subject, vectors) => {
    await plays[subject]?.(vectors);
  });
});
