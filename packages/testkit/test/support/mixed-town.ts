import {
  callRest,
  OldDevice,
  type OldTimes,
  quickTimes,
  SdkDevice,
  startServer,
  type TestServer,
  until,
} from '@flooim/testkit';
import type { FlooEventMap, FlooEventName, Meta } from 'flooim';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

export const password = 'correct horse 1';

/** What a device shows of one message; the same for all kinds of device. */
export interface Shown {
  mid: number;
  content: string;
  status: number;
}

/** Somebody with two deployed clients, one of each line, and the SDK. */
export interface MixedPerson {
  name: string;
  uid: number;
  /** 3.0.0. */
  old: OldDevice;
  /** 2.0.0. */
  older: OldDevice;
  sdk: SdkDevice;
  /** The SDK's events of this name so far. */
  heard<E extends FlooEventName>(event: E): FlooEventMap[E][];
}

export interface MixedTown {
  server: TestServer;
  account(prefix: string): Promise<string>;
  person(prefix: string): Promise<MixedPerson>;
  /** Alice and bob, who are friends. */
  couple(): Promise<[MixedPerson, MixedPerson]>;
  oldDevice(name: string, more?: Partial<ConstructorParameters<typeof OldDevice>[0]>): OldDevice;
}

const heartbeatMs = 60_000;
/** They hear of everything by push and Notice: no test waits for a heartbeat. */
const times: Partial<OldTimes> = { ...quickTimes, heartbeatMs };

let accounts = 0;

/** One real server for a test file; what is opened in a test ends with it. */
export function mixedTown(): MixedTown {
  const open: (() => Promise<unknown>)[] = [];
  const town: MixedTown = {
    server: undefined as unknown as TestServer,
    async account(prefix) {
      const name = `${prefix}_${++accounts}`;
      await callRest(town.server.url, 'userRegister', { username: name, password });
      return name;
    },
    oldDevice(name, more = {}) {
      const device = new OldDevice({ url: town.server.url, account: { name, password }, times, ...more });
      open.push(async () => {
        await device.stop();
        expect(device.store.faults).toEqual([]);
      });
      return device;
    },
    async person(prefix) {
      const name = await town.account(prefix);
      const sdk = new SdkDevice({ url: town.server.url, name: `${name}'s phone` });
      open.push(() => sdk.dispose());
      const heard = listen(sdk);
      const old = town.oldDevice(name);
      const older = town.oldDevice(name, { version: '2.0.0' });
      await Promise.all([sdk.login(name, password), old.login(), older.login()]);
      return { name, uid: sdk.uid, old, older, sdk, heard };
    },
    async couple() {
      const [alice, bob] = await Promise.all([town.person('alice'), town.person('bob')]);
      await alice.sdk.im.rosterManage.asyncApply({ user_id: bob.uid });
      const areFriends = () => isFriend(alice, bob) && isFriend(bob, alice);
      await until(areFriends, 'both to be friends everywhere');
      return [alice, bob];
    },
  };
  beforeAll(async () => {
    town.server = await startServer();
  });
  afterEach(() => Promise.all(open.splice(0).map((end) => end())));
  afterAll(() => town.server.close());
  return town;
}

function isFriend(one: MixedPerson, other: MixedPerson): boolean {
  return one.old.store.friends.has(other.uid) && one.older.store.friends.has(other.uid);
}

function listen(sdk: SdkDevice): MixedPerson['heard'] {
  const all = new Map<string, unknown[]>();
  for (const event of ['onInputStatusMessage', 'onGroupNotice', 'onRosterListUpdate', 'onMessageRecalled'] as const) {
    all.set(event, []);
    sdk.im.on(event, (payload: unknown) => all.get(event)?.push(payload));
  }
  return (event) => (all.get(event) ?? []) as never[];
}

/** The devices of a person, by what a test calls them. */
export function views(of: MixedPerson, peer: number): Record<'old' | 'older' | 'sdk', Shown[]> {
  return { old: shownBy(of.old, peer), older: shownBy(of.older, peer), sdk: sdkMessages(of, peer).map(fromMeta) };
}

export function sdkMessages({ sdk }: MixedPerson, peer: number): Meta[] {
  const isGroup = sdk.im.groupManage.getAllGroupDetail()[peer] !== undefined;
  const all = isGroup ? sdk.im.groupManage.getGruopMessage(peer) : sdk.im.rosterManage.getRosterMessageByRid(peer);
  return all.filter((meta) => meta.sending === 'sent');
}

function shownBy(device: OldDevice, peer: number): Shown[] {
  return device.messages(peer).map(({ mid, content, status }) => ({ mid, content, status }));
}

function fromMeta({ id, content, status }: Meta): Shown {
  return { mid: Number(id), content, status };
}

/** Waits until all devices of a person show these texts. */
export async function allShow(of: MixedPerson, peer: number, contents: readonly string[]): Promise<void> {
  const shown = () => Object.values(views(of, peer)).map((each) => each.map(({ content }) => content));
  const wanted = JSON.stringify(contents);
  await converge(
    () => shown().every((each) => JSON.stringify(each) === wanted),
    () => ({ shown: shown(), contents }),
  );
}

/** Waits until every device of a person shows this status of a message. */
export async function allHaveStatus(of: MixedPerson, peer: number, mid: number, status: number): Promise<void> {
  const statuses = () => Object.values(views(of, peer)).map((each) => each.find((one) => one.mid === mid)?.status);
  await converge(
    () => statuses().every((each) => each === status),
    () => ({ statuses: statuses(), wanted: status }),
  );
}

/** Waits until every device of a person counts so many unread. */
export async function allCount(of: MixedPerson, peer: number, unread: number): Promise<void> {
  const counts = () => unreadOn(of, peer);
  await converge(
    () => counts().every((each) => each === unread),
    () => ({ counts: counts(), wanted: unread }),
  );
}

function unreadOn({ old, older, sdk }: MixedPerson, peer: number): number[] {
  const isGroup = sdk.im.groupManage.getAllGroupDetail()[peer] !== undefined;
  const { rosterManage, groupManage } = sdk.im;
  const onSdk = isGroup ? groupManage.getUnreadCount(peer) : rosterManage.getUnreadCount(peer);
  return [old.unread(peer), older.unread(peer), onSdk];
}

export async function converge(holds: () => boolean, state: () => unknown): Promise<void> {
  await until(holds, 'the devices to agree').catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(state())}`);
  });
}

/** Says something on a deployed client and waits for its mid. */
export async function sayOld(device: OldDevice, ...[to, content]: Parameters<OldDevice['say']>): Promise<number> {
  const said = device.say(to, content);
  await until(() => said.outcome !== 'unknown', 'an answer');
  if (said.outcome !== 'sent') throw new Error(`${said.outcome}: ${said.reason}`);
  return said.mids[0] as number;
}

/** Says something with the SDK. */
export async function saySdk({ sdk }: MixedPerson, peer: number, content: string): Promise<number> {
  return Number((await sdk.im.sysManage.asyncSendRosterMessage({ uid: peer, content })).mid);
}
