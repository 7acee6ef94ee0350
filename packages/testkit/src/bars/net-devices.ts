import { deployedTimes, quickTimes } from '../old/old-connection.ts';
import { OldDevice } from '../old/old-device.ts';
import type { OldVersion } from '../old/old-store.ts';
import type { Recordable } from '../record.ts';
import { SdkDevice } from '../sdk-device.ts';
import { type SeededUser, seedFriends, seedGroup, seedTokens, seedUsers } from '../seed-users.ts';

/** A device that chats through whatever happens. */
export interface NetDevice extends Recordable {
  name: string;
  /** Whether it is online and has nothing on its way. */
  readonly settled: boolean;
  say(peer: number, content: string): void;
  read(peer: number): void;
  /** Not for deployed clients, of whose groups the checker judges nothing. */
  sayInGroup?(gid: number, content: string): void;
  readGroup?(gid: number): void;
  dispose(): Promise<void>;
}

type Kind = 'sdk' | OldVersion;

/** By door: the kinds of its devices, in turn. Deployed clients of both lines have the SDK beside them. */
export const netDoors = {
  xsync: ['sdk'],
  socketio: ['2.0.0', '3.0.0', 'sdk'],
} satisfies Record<string, Kind[]>;

export type NetDoor = keyof typeof netDoors;

/** Users who are all friends, and in one group. */
export interface NetTown {
  gid: number;
  /** A login for each device. */
  logins: SeededUser[];
}

/** Fills a new data folder. */
export async function seedTown(data: string, users: number, devicesEach: number): Promise<NetTown> {
  const all = await seedUsers(data, users, 'user');
  const uids = all.map((user) => user.uid);
  seedFriends(data, uids);
  const gid = seedGroup(data, uids);
  return { gid, logins: all.flatMap((user) => [user, ...seedTokens(data, user, devicesEach - 1)]) };
}

/** The devices of a town: all of them online when it resolves. */
export function openDevices(url: string, { logins }: NetTown, door: NetDoor): Promise<NetDevice[]> {
  const kinds: readonly Kind[] = netDoors[door];
  return Promise.all(
    logins.map((login, i) => {
      const kind = kinds[i % kinds.length] as Kind;
      return kind === 'sdk' ? newDevice(url, login) : oldDevice(url, login, kind);
    }),
  );
}

async function newDevice(url: string, { guid, uid, token }: SeededUser): Promise<SdkDevice> {
  const device = new SdkDevice({ url, name: guid });
  await device.loginByToken(uid, token, loginMs);
  return device;
}

/** Dozens come at once. */
const loginMs = 90_000;

async function oldDevice(url: string, account: SeededUser, version: OldVersion): Promise<NetDevice> {
  // Some hear of what they lack by push and Notice alone, as between two heartbeats of the deployed ones.
  const { heartbeatMs } = version === '2.0.0' ? deployedTimes : quickTimes;
  const old = new OldDevice({ url, account, version, times: { ...quickTimes, heartbeatMs } });
  await old.login(loginMs);
  return {
    uid: old.uid,
    name: `${account.guid}, ${version}`,
    get settled() {
      return old.isSettled;
    },
    say: (peer, content) => void old.say(peer, content),
    read: (peer) => old.read(peer),
    record: (database) => old.record(database),
    dispose: () => old.stop(),
  };
}
