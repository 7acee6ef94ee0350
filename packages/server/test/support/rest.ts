import { rmSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  decodeRosterNotice,
  type Endpoint,
  type Envelope,
  type Params,
  type ServerEndpointName,
  serverRest,
} from '@flooim/protocol';
import { startServer, type TestServer, temporaryFolder } from '@flooim/testkit';
import { expect, onTestFinished } from 'vitest';

export const password = 'correct-horse-1';

export interface Answer {
  status: number;
  headers: Headers;
  /** As it came. */
  text: string;
  code: number;
  message: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects in it.
  data: any;
  cursor?: string;
  version?: number;
  total?: number;
  msg_ids?: number[];
}

export interface Asking {
  token?: string;
  appId?: string;
  /** Where the parameters go; by default where our SDK puts them. */
  place?: 'query' | 'body';
  method?: string;
  headers?: Record<string, string>;
}

/** Calls an endpoint and gives the envelope as it is, whatever its code. */
export async function ask(url: string, name: ServerEndpointName, params: object, asking: Asking = {}): Promise<Answer> {
  const endpoint: Endpoint = serverRest[name];
  const place = asking.place ?? endpoint.in;
  const target = new URL(endpoint.path, url);
  if (place === 'query') for (const [key, value] of Object.entries(params)) target.searchParams.set(key, String(value));
  const { token, appId = 'flooim' } = asking;
  return read(
    await fetch(target, {
      method: asking.method ?? endpoint.methods[0],
      headers: {
        ...(appId && { app_id: appId }),
        ...(token !== undefined && { 'access-token': token }),
        ...(place === 'body' && { 'content-type': 'application/json' }),
        ...asking.headers,
      },
      body: place === 'body' ? JSON.stringify(params) : undefined,
    }),
  );
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const { code, message = '', ...rest } = JSON.parse(text) as Envelope<unknown>;
  return { status: response.status, headers: response.headers, text, code, message, data: undefined, ...rest };
}

export interface Person {
  name: string;
  uid: number;
  token: string;
}

/** Registers somebody and logs him in. */
export async function join(url: string, name: string, guid = `${name}-phone`, appId = 'flooim'): Promise<Person> {
  const { data } = await ask(url, 'userRegister', { username: name, password }, { appId });
  const grant = await ask(url, 'tokenByName', { name, password, device_guid: guid }, { appId });
  return { name, uid: data.user_id, token: grant.data.token };
}

/** A real server with three people who have just registered. */
export interface People {
  server: TestServer;
  url: string;
  alice: Person;
  bob: Person;
  carol: Person;
  /** Calls as somebody. */
  as(person: Person, name: ServerEndpointName, params?: object, asking?: Asking): Promise<Answer>;
  /** As `as`, and it has to work. */
  ok(person: Person, name: ServerEndpointName, params?: object, asking?: Asking): Promise<Answer['data']>;
  close(): Promise<void>;
}

export async function startPeople(...options: Parameters<typeof startServer>): Promise<People> {
  const server = await startServer(...options);
  const { url } = server;
  const [alice, bob, carol] = [await join(url, 'alice'), await join(url, 'bob'), await join(url, 'carol')];
  const as: People['as'] = (person, name, params = {}, asking = {}) =>
    ask(url, name, params, { token: person.token, ...asking });
  return {
    server,
    url,
    alice,
    bob,
    carol,
    as,
    async ok(...call) {
      const answer = await as(...call);
      expect(answer.code, answer.text).toBe(200);
      return answer.data;
    },
    close: () => server.close(),
  };
}

/** Parameters that every endpoint accepts, apart from what they name. */
export function sampleOf(params: Params): Record<string, unknown> {
  const required = Object.entries(params).filter(([, schema]) => schema.required);
  return Object.fromEntries(required.map(([name, schema]) => [name, sampleValue(name, schema)]));
}

function sampleValue(name: string, schema: Params[string]): unknown {
  if (name === 'app_id') return 'flooim';
  if (schema.type === 'integer') return schema.minimum;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'list') return [sampleOf(schema.items)];
  if (schema.type === 'texts') return ['some_text1'];
  return schema.type === 'array' ? [schema.items.minimum] : 'some_text1';
}

/** Another app in the same server. */
export async function addApp(server: TestServer, appId: string, change = ''): Promise<void> {
  const { writer, apps, clock } = server.context;
  await new Promise((resolve) => writer.submit('app.create', { appId, name: appId, time: clock() }, resolve));
  if (change) changeDatabase(server, `UPDATE app SET ${change} WHERE app_id = '${appId}'`);
  apps.reload();
}

/** Writes past the server, as nobody can do through it yet; waits while the server is writing itself. */
export function changeDatabase({ data }: TestServer, sql: string): void {
  const db = new DatabaseSync(joinPath(data, 'flooim.db'), { timeout: 20_000 });
  db.exec(sql);
  db.close();
}

/** What a roster notice says, in short. */
export interface Told {
  type: number;
  from: number | undefined;
  to: (number | undefined)[];
  content: string;
}

/** The roster notices in somebody's system conversation, the oldest first. */
export function noticesOf({ context }: TestServer, { uid }: Person): Told[] {
  const rows = context.reader.all('SELECT payload FROM entry WHERE log_id = ? AND kind = 3 ORDER BY mid', uid);
  return rows.map((row) => {
    const { type, from, to, content } = decodeRosterNotice(row['payload'] as Uint8Array);
    return { type, from: from?.uid, to: to.map((xid) => xid.uid), content };
  });
}

/** The path of a data folder that is not there yet, and is not there any more after the test. */
export function newFolder(): string {
  const parent = temporaryFolder();
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return joinPath(parent, 'data');
}

/** A clock that stands still until it is moved. */
export function standingClock(startMs = Date.UTC(2030, 0, 1)) {
  let now = startMs;
  const clock = () => now;
  return Object.assign(clock, {
    advance(ms: number) {
      now += ms;
    },
  });
}
