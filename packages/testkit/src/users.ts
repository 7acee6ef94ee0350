import { errors } from '@flooim/protocol';
import { callRest, RestRefused } from './rest.ts';
import { SdkDevice } from './sdk-device.ts';

/** The three users of every test. */
export const userNames = ['alice', 'bob', 'carol'] as const;
export type UserName = (typeof userNames)[number];

export interface TestUser {
  name: UserName;
  uid: number;
  password: string;
  /** For REST calls. */
  token: string;
  /** Two SDK instances, both online. */
  devices: readonly [SdkDevice, SdkDevice];
}

export type TestUsers = Record<UserName, TestUser> & { dispose(): Promise<void> };

/**
 * Registers alice, bob and carol on a server and brings two devices of each online. `url` is what the devices talk to: the
 * server, or a proxy in front of it. `friends` makes everybody everybody's friend first.
 */
export async function startUsers(url: string, { friends = false } = {}): Promise<TestUsers> {
  const accounts = await Promise.all(userNames.map((name) => register(url, name)));
  if (friends) await befriend(url, accounts);
  const users = await Promise.all(accounts.map((account) => bringOnline(url, account)));
  const byName = Object.fromEntries(users.map((user) => [user.name, user])) as Record<UserName, TestUser>;
  const dispose = async () => {
    await Promise.all(users.flatMap((user) => user.devices.map((device) => device.dispose())));
  };
  return { ...byName, dispose };
}

type Account = Omit<TestUser, 'devices'>;

async function register(url: string, name: UserName): Promise<Account> {
  const password = `${name}-password`;
  await callRest(url, 'userRegister', { username: name, password });
  const { user_id: uid, token } = await callRest(url, 'tokenByName', { name, password });
  return { name, uid, password, token };
}

async function befriend(url: string, accounts: readonly Account[]): Promise<void> {
  for (const [i, one] of accounts.entries()) {
    for (const other of accounts.slice(i + 1)) {
      await callRest(url, 'rosterApply', { user_id: other.uid }, { token: one.token });
      await callRest(url, 'rosterAccept', { user_id: one.uid }, { token: other.token }).catch(ignoreNoApplication);
    }
  }
}

/** Who needs not be asked is a friend already. */
function ignoreNoApplication(error: unknown): void {
  if (!(error instanceof RestRefused && error.code === errors.applicationMissing.code)) throw error;
}

async function bringOnline(url: string, account: Account): Promise<TestUser> {
  const open = (kind: string) => new SdkDevice({ url, name: `${account.name}'s ${kind}` });
  const devices = [open('phone'), open('laptop')] as const;
  for (const device of devices) await device.login(account.name, account.password);
  return { ...account, devices };
}
