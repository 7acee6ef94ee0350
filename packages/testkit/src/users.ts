import { errors } from '@flooim/protocol';
import { callRest, RestRefused } from './rest.ts';
import { SdkDevice, type SdkDeviceOptions } from './sdk-device.ts';

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
export async function startUsers(
  url: string,
  { friends = false, transport }: { friends?: boolean; transport?: SdkDeviceOptions['transport'] } = {},
): Promise<TestUsers> {
  const accounts = await registerUsers(url, { friends });
  const users = await Promise.all(accounts.map((account) => bringOnline({ url, transport }, account)));
  const byName = Object.fromEntries(users.map((user) => [user.name, user])) as Record<UserName, TestUser>;
  const dispose = async () => {
    await Promise.all(users.flatMap((user) => user.devices.map((device) => device.dispose())));
  };
  return { ...byName, dispose };
}

export type TestAccount = Omit<TestUser, 'devices'>;

/** Registers alice, bob and carol; none of their devices is there yet. */
export async function registerUsers(url: string, { friends = false } = {}): Promise<TestAccount[]> {
  const accounts = await Promise.all(userNames.map((name) => register(url, name)));
  if (friends) await befriend(url, accounts);
  return accounts;
}

async function register(url: string, name: UserName): Promise<TestAccount> {
  const password = `${name}-password`;
  await callRest(url, 'userRegister', { username: name, password });
  const { user_id: uid, token } = await callRest(url, 'tokenByName', { name, password });
  return { name, uid, password, token };
}

async function befriend(url: string, accounts: readonly TestAccount[]): Promise<void> {
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

async function bringOnline(where: Omit<SdkDeviceOptions, 'name'>, account: TestAccount): Promise<TestUser> {
  const open = (kind: string) => new SdkDevice({ ...where, name: `${account.name}'s ${kind}` });
  const devices = [open('phone'), open('laptop')] as const;
  for (const device of devices) await device.login(account.name, account.password);
  return { ...account, devices };
}
