import { rmSync } from 'node:fs';
import {
  Command,
  decodeFrame,
  decodeProvision,
  encodeFrame,
  encodeProvision,
  UserNoticeType as Notice,
  type ServerEndpointName,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import {
  freePort,
  RawClient,
  type SocketIo,
  socketIoClient,
  startServer,
  temporaryFolder,
  until,
} from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineLine, frameText } from './support/engine-line.ts';
import { userNotices } from './support/notices.ts';
import { Phone } from './support/phone.ts';
import { ask, join, type People, type Person, password, startPeople } from './support/rest.ts';

let people: People;
let admin: string;
beforeAll(async () => {
  people = await startPeople();
  admin = await people.server.context.adminTokens.create('flooim');
});
afterAll(() => people.close());

const doors = ['socketio2', 'socketio4'] as const;
type Door = (typeof doors)[number];

/** Somebody new with one device that the test is about, and one that stays. */
interface Victim {
  person: Person;
  phone: Phone;
  /** The token of the other device. */
  other: string;
}

let names = 0;
async function victim(door: Door, vsn: Vsn): Promise<Victim> {
  const { url } = people;
  const person = await join(url, `victim${++names}`);
  const grant = await ask(url, 'tokenByName', { name: person.name, password, device_guid: 'other' });
  return { person, phone: await Phone.connect(url, { ...person, guid: 'phone' }, vsn, door), other: grant.data.token };
}

const call = (name: ServerEndpointName, params: object, token: string) => ask(people.url, name, params, { token });

/** What ends a device's session for good, and the notice that comes first. */
const ends: [string, Notice | undefined, (victim: Victim) => Promise<unknown>][] = [
  [
    'the same device connecting by the other door',
    Notice.KICK_BY_SAME_DEVICE,
    ({ person }) => RawClient.login(people.url, { ...person, guid: 'phone' }),
  ],
  [
    'the same device connecting by this door',
    Notice.KICK_BY_SAME_DEVICE,
    ({ person }) => RawClient.login(people.url, { ...person, guid: 'phone' }, Vsn.V1, 'socketio2'),
  ],
  [
    'another device of the user',
    Notice.KICKED_BY_OTHER_DEVICE,
    ({ phone, other }) => call('deviceKick', { device_sn: phone.raw.deviceSN }, other),
  ],
  [
    'a change of the password',
    Notice.PASSWORD_CHANGED,
    ({ other }) => call('userChangePassword', { old_password: password, new_password: 'correct-horse-2' }, other),
  ],
  ['an administrator', Notice.FROZEN, ({ person }) => call('userDisable', { list: [person.uid] }, admin)],
  ['the end of the account', Notice.REMOVED, ({ other }) => call('userDelete', { password }, other)],
  [
    'the removal of the device',
    Notice.DEVICE_REMOVED,
    ({ phone, other }) => call('deviceRemove', { device_sn: phone.raw.deviceSN }, other),
  ],
  ['the end of its token', undefined, ({ person }) => call('tokenRevoke', {}, person.token)],
];

describe.each(doors)('the client of %s is told by a word that it is disconnected', (door) => {
  test.each(ends)('by %s', async (_, notice, act) => {
    for (const vsn of [Vsn.V1, Vsn.V2]) {
      const whose = await victim(door, vsn);
      await act(whose);
      await until(() => whose.phone.raw.disconnected !== undefined, 'the end of the connection');
      expect(whose.phone.raw.disconnected).toBe('io server disconnect');
      const last = userNotices(whose.phone).at(-1);
      expect(last).toEqual(notice === undefined ? undefined : [notice, '']);
      await whose.phone.raw.closed();
    }
  });
});

test.each(['3', '4'])('the notice comes before the word, and the word before the end, in Engine.IO %s', async (EIO) => {
  const person = await join(people.url, `packets${EIO}`);
  const line = await EngineLine.open(people.url, { EIO });
  if (EIO === '4') line.send('40');
  const login = { xid: { uid: person.uid }, token: person.token, deviceGuid: 'phone' };
  line.frame(encodeFrame({ vsn: Vsn.V1, command: Command.PROVISION, payload: encodeProvision(login) }));
  await until(() => line.binaries.length === 1, 'the answer');
  const newer = await RawClient.login(people.url, { ...person, guid: 'phone' });
  expect(await line.closed()).toBe(4200);
  expect(line.texts.slice(-2)).toEqual([frameText, '41']);
  newer.terminate();
});

/** A client that stays, with the library's own way to come back, and signs in whenever it is connected. */
function staying(client: SocketIo, { uid, token }: Person) {
  const heard = { provisions: [] as number[], reasons: [] as string[] };
  client.on('connect', () => {
    const payload = encodeProvision({ xid: { uid }, token, deviceGuid: `${uid} stays` });
    client.emit('frame', Buffer.from(encodeFrame({ vsn: Vsn.V1, command: Command.PROVISION, payload })));
  });
  client.on('frame', (bytes: Uint8Array) => {
    const { command, payload } = decodeFrame(bytes);
    if (command === Command.PROVISION) heard.provisions.push(decodeProvision(payload).status?.code ?? 0);
  });
  client.on('disconnect', (reason: string) => void heard.reasons.push(reason));
  return heard;
}

test('a server that stops is a connection that was cut, and clients of both versions are back after the restart', async () => {
  const config = { data: temporaryFolder(), port: await freePort() };
  const before = await startServer(config);
  const [alice, bob] = [await join(before.url, 'alice'), await join(before.url, 'bob')];
  const clients = [socketIoClient(before.url, 2), socketIoClient(before.url, 4)];
  const heard = clients.map((client, i) => staying(client, i === 0 ? alice : bob));
  await until(() => heard.every(({ provisions }) => provisions.length === 1), 'both signed in');
  await before.close();
  await until(() => heard.every(({ reasons }) => reasons.length === 1), 'both cut off');
  const after = await startServer(config);
  await until(() => heard.every(({ provisions }) => provisions.length === 2), 'both back', { timeoutMs: 14_000 });
  for (const { provisions, reasons } of heard) {
    expect(provisions).toEqual([StatusCode.OK, StatusCode.OK]);
    expect(reasons).toEqual(['transport close']);
  }
  for (const client of clients) client.close();
  await after.close();
  rmSync(config.data, { recursive: true });
}, 40_000);
