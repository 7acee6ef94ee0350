import { cpSync, rmSync } from 'node:fs';
import type { createServer } from '@flooim/server';
import { Quiet } from '../quiet.ts';
import { callRest } from '../rest.ts';
import { startServer, type TestServer, temporaryFolder } from '../start-server.ts';
import { type UserName, userNames } from '../users.ts';
import { Device } from './device.ts';
import type { Model } from './model.ts';

type Overrides = NonNullable<Parameters<typeof createServer>[1]>;

/** Logins that a run may need: two devices each, and those that come later. */
const tokensEach = 12;

/** A data folder with the users in it, to begin every run from. */
export interface Beginning {
  data: string;
  uids: Record<UserName, number>;
  tokens: Record<UserName | 'stagehand', string[]>;
}

/** Passwords are slow to hash, so it is done once. */
export async function makeBeginning(): Promise<Beginning> {
  const data = temporaryFolder('flooim-model');
  const server = await startServer({ data });
  const uids: Record<string, number> = {};
  const tokens: Record<string, string[]> = {};
  const password = 'correct horse 1';
  for (const name of [...userNames, 'stagehand']) {
    await callRest(server.url, 'userRegister', { username: name, password });
    const logins = Array.from({ length: name === 'stagehand' ? 1 : tokensEach }, () =>
      callRest(server.url, 'tokenByName', { name, password }),
    );
    const grants = await Promise.all(logins);
    uids[name] = grants[0]?.user_id ?? 0;
    tokens[name] = grants.map((grant) => grant.token);
  }
  await server.close();
  return { data, uids, tokens };
}

/** The real thing: a server on its own copy of the data, and the SDK on every device. */
export class World {
  readonly quiet = new Quiet();
  readonly devices = new Map<string, Device>();
  readonly uids: Record<UserName, number>;
  /** How many commands ran, by name. */
  readonly ran = new Map<string, number>();
  readonly #tokens: Beginning['tokens'];
  readonly #restTokens = new Map<UserName, string>();
  readonly #overrides: Overrides;
  readonly #data: string;
  #server: TestServer;

  private constructor(server: TestServer, data: string, beginning: Beginning, overrides: Overrides) {
    this.#server = server;
    this.#data = data;
    this.#overrides = overrides;
    this.uids = beginning.uids;
    this.#tokens = {
      ...Object.fromEntries(Object.entries(beginning.tokens).map(([name, tokens]) => [name, [...tokens]])),
    } as Beginning['tokens'];
  }

  static async begin(beginning: Beginning, model: Model, overrides: Overrides = {}): Promise<World> {
    const data = temporaryFolder('flooim-model');
    cpSync(beginning.data, data, { recursive: true });
    const world = new World(await startServer({ data }, overrides), data, beginning, overrides);
    await Promise.all([...model.devices.values()].map(({ name, user }) => world.addDevice(name, user)));
    return world;
  }

  get url(): string {
    return this.#server.url;
  }

  device(name: string): Device {
    const device = this.devices.get(name);
    if (!device) throw new Error(`there is no ${name}`);
    return device;
  }

  /** Somebody's first device that has a line. */
  anyOf(user: UserName): Device {
    const found = [...this.devices.values()].find((device) => device.user === user && device.line.isUp);
    if (!found) throw new Error(`${user} is away`);
    return found;
  }

  async addDevice(name: string, user: UserName): Promise<void> {
    const device = new Device(this.url, name, user, this.quiet);
    this.devices.set(name, device);
    await device.login(this.uids[user], this.#nextToken(user));
  }

  /** For asking the server as this user. */
  tokenOf(user: UserName): string {
    const token = this.#restTokens.get(user) ?? this.#nextToken(user);
    this.#restTokens.set(user, token);
    return token;
  }

  #nextToken(user: UserName): string {
    const token = this.#tokens[user].pop();
    if (!token) throw new Error(`no logins left for ${user}`);
    return token;
  }

  nameOf(uid: number | string): UserName {
    return userNames.find((name) => this.uids[name] === Number(uid)) as UserName;
  }

  /** Everything that devices with a line did is answered. */
  async landed(): Promise<void> {
    for (const device of this.devices.values()) if (device.line.isUp) await device.answered();
  }

  async settle(): Promise<void> {
    await this.landed();
    await this.quiet.settle(() => this.#writeBehindAll());
  }

  /** As an operator would: everybody is told to come back. */
  async restart(): Promise<void> {
    const { port } = this.#server;
    await this.#server.close();
    const present = [...this.devices.values()].filter((device) => device.line.isUp);
    await Promise.all(present.map((device) => device.offline()));
    this.#server = await startServer({ data: this.#data, port }, this.#overrides);
    for (const device of present) await this.#comeBack(device);
  }

  /** A device that was away is there again, and what it did meanwhile has happened. */
  async bringBack(model: Model, name: string): Promise<void> {
    const device = this.device(name);
    const state = model.device(name);
    device.line.up();
    state.isAway = false;
    await this.#comeBack(device);
    await device.answered();
  }

  async end(): Promise<void> {
    await Promise.all([...this.devices.values()].map((device) => device.im.dispose()));
    await this.#server.close();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #comeBack(device: Device): Promise<void> {
    device.im.connection.reconnectNow();
    await device.online();
  }

  async #writeBehindAll(): Promise<void> {
    const token = this.#tokens.stagehand[0];
    await callRest(this.url, 'userSettingsUpdate', { no_sounds: false }, { token });
  }
}
