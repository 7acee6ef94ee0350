import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerEndpointName, ServerRequest, ServerResponse, Vsn } from '@flooim/protocol';
import { callRest, type DoorName } from '@flooim/testkit';
import type { Config } from '../../src/config.ts';
import type { Overrides } from '../../src/context.ts';
import { createServer } from '../../src/server.ts';
import { Phone } from './phone.ts';

export interface Person {
  name: string;
  uid: number;
  token: string;
}

/** A real server with three people who have just registered. */
export interface Chat {
  url: string;
  alice: Person;
  bob: Person;
  carol: Person;
  /** Connects one of a person's devices. */
  phone(person: Person, guid?: string, vsn?: Vsn, door?: DoorName): Promise<Phone>;
  call<N extends ServerEndpointName>(person: Person, name: N, params: ServerRequest<N>): Promise<ServerResponse<N>>;
  /** Stops the server and starts another on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const password = 'correct-horse-1';

export async function startChat(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<Chat> {
  const data = await mkdtemp(join(tmpdir(), 'flooim-test-'));
  const settings = {
    port: 0,
    data,
    logLevel: 'silent' as const,
    loginsPerMin: 10_000,
    registrationsPerHour: 10_000,
    userRequestsPerSec: 10_000,
    requestsPerSec: 10_000,
    ...config,
  };
  let server = createServer(settings, overrides);
  let url = (await server.start()).url;
  const phones: Phone[] = [];
  const people = await Promise.all(['alice', 'bob', 'carol'].map((name) => register(url, name)));
  const [alice, bob, carol] = people as [Person, Person, Person];
  return {
    get url() {
      return url;
    },
    alice,
    bob,
    carol,
    async phone(person, guid = 'phone', vsn, door) {
      const phone = await Phone.connect(url, { uid: person.uid, token: person.token, guid }, vsn, door);
      phones.push(phone);
      return phone;
    },
    call: (person, name, params) => callRest(url, name, params, { token: person.token }),
    async restart() {
      await server.close();
      server = createServer(settings, overrides);
      url = (await server.start()).url;
    },
    async close() {
      for (const phone of phones) phone.raw.terminate();
      await server.close();
      await rm(data, { recursive: true });
    },
  };
}

async function register(url: string, name: string): Promise<Person> {
  const { user_id: uid } = await callRest(url, 'userRegister', { username: name, password });
  const { token } = await callRest(url, 'tokenByName', { name, password });
  return { name, uid, token };
}
