import { Command, StatusCode } from '@flooim/protocol';
import { beforeEach, expect, test } from 'vitest';
import { Connection, type Ending } from '../src/connection/connection.ts';
import { XsyncSocket } from '../src/connection/xsync-socket.ts';
import { detectPlatform } from '../src/platform/detect.ts';
import { FakeClock, FakeSocket, fakePlatform, settle } from './fakes.ts';

let clock: FakeClock;
let platform: ReturnType<typeof fakePlatform>;
let connection: Connection;
let told: string[];
let endings: Ending[];

beforeEach(() => {
  clock = new FakeClock();
  platform = fakePlatform(clock);
  told = [];
  endings = [];
  connection = new Connection(detectPlatform(platform), {
    url: () => Promise.resolve('ws://x/xsync'),
    socket: () => Promise.resolve(XsyncSocket),
    failed: () => void told.push('failed'),
  });
  const identity = { uid: 7, token: 't', deviceGuid: '7_x', deviceName: 'test', manual: true };
  connection.start(identity, {
    step: () => {},
    provisioned: () => void told.push('provisioned'),
    frame: (frame) => void told.push(`frame ${frame.command}`),
    lost: () => void told.push('lost'),
    ended: (ending) => void endings.push(ending),
    stateChanged: (state) => void told.push(state.name),
  });
});

const online = async () => {
  await settle();
  FakeSocket.last.accept(7);
  connection.caughtUp();
};

test('it goes from connecting over syncing to online', async () => {
  await online();
  expect(FakeSocket.last.commands()).toEqual([Command.PROVISION]);
  expect(told).toEqual(['connecting', 'syncing', 'provisioned', 'online']);
  expect(connection.isUp).toBe(true);
});

test('a lost connection comes back after a wait that doubles until it held for a while', async () => {
  await online();
  const waits: number[] = [];
  for (let i = 0; i < 4; i++) {
    FakeSocket.last.end(1006);
    const { state } = connection;
    waits.push(state.name === 'waiting' ? state.until - clock.now() : 0);
    await clock.advance(waits[i] as number);
    await online();
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000]);
  await clock.advance(10_000);
  FakeSocket.last.end(1006);
  expect(connection.state).toEqual({ name: 'waiting', until: clock.now() + 1000 });
});

test('it does not wait when the network returns, the page is seen or somebody asks', async () => {
  for (const trigger of [() => platform.wake(), () => connection.reconnectNow()]) {
    await online();
    FakeSocket.last.end(1006);
    const sockets = FakeSocket.all.length;
    trigger();
    await settle();
    expect(FakeSocket.all).toHaveLength(sockets + 1);
    expect(connection.state.name).toBe('connecting');
  }
});

test('after 25 s of silence it asks, and gives up 10 s later; an answer begins the silence anew', async () => {
  await online();
  await clock.advance(25_000);
  expect(FakeSocket.last.commands().at(-1)).toBe(Command.NOTICE);
  FakeSocket.last.say(Command.NOTICE, new Uint8Array());
  await clock.advance(20_000);
  expect(connection.state.name).toBe('online');
  await clock.advance(5_000);
  await clock.advance(9_999);
  expect(connection.state.name).toBe('online');
  await clock.advance(1);
  expect(connection.state.name).toBe('waiting');
  expect(told).toContain('lost');
});

test('a wake-up while online asks at once whether the other side is there', async () => {
  await online();
  platform.wake();
  expect(FakeSocket.last.commands().at(-1)).toBe(Command.NOTICE);
  await clock.advance(10_000);
  expect(connection.state.name).toBe('waiting');
});

test('a socket that does not open, or whose Provision stays without an answer, is given up after 10 s', async () => {
  await settle();
  await clock.advance(10_000);
  expect(connection.state.name).toBe('waiting');
  await clock.advance(1000);
  FakeSocket.last.open();
  await clock.advance(10_000);
  expect(connection.state.name).toBe('waiting');
  expect(told.filter((one) => one === 'failed')).toHaveLength(2);
});

test.each([
  [4000, 'reconnect'],
  [4001, 'reconnect'],
  [1000, 'reconnect'],
  [4100, 'login'],
  [4200, 'stop'],
  [4206, 'stop'],
])('close code %i means %s', async (code, then) => {
  await online();
  FakeSocket.last.end(code);
  if (then === 'reconnect') expect(connection.state.name).toBe('waiting');
  else expect(endings).toEqual([{ then, close: code }]);
});

test.each([
  [StatusCode.INVALID_TOKEN, 'login'],
  [StatusCode.USER_FROZEN, 'stop'],
  [StatusCode.TOO_MANY_DEVICES, 'stop'],
  [StatusCode.RATE_LIMIT_EXCEEDED, 'reconnect'],
])('a Provision refused with status %i means %s', async (code, then) => {
  await settle();
  FakeSocket.last.refuse(code);
  if (then === 'reconnect') expect(connection.state.name).toBe('waiting');
  else expect(endings).toMatchObject([{ then, status: { code } }]);
});

test('bytes that are no frame end the session, not the page', async () => {
  await online();
  FakeSocket.last.onmessage?.({ data: new Uint8Array([255, 255, 255]).buffer });
  expect(connection.state.name).toBe('waiting');
});

test('after stop nothing is open and nothing is told', async () => {
  await online();
  const socket = FakeSocket.last;
  connection.stop();
  told.length = 0;
  socket.end(1006);
  await clock.advance(60_000);
  platform.wake();
  expect(told).toEqual([]);
  expect(clock.pending).toBe(0);
  expect(socket.closed).toBe(true);
});
