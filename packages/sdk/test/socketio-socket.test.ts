import { Command, encodeFrame, encodeProvision, StatusCode, Vsn } from '@flooim/protocol';
import { beforeEach, expect, test } from 'vitest';
import { Connection, type Ending } from '../src/connection/connection.ts';
import { SocketIoSocket } from '../src/connection/socketio-socket.ts';
import { detectPlatform } from '../src/platform/detect.ts';
import { FakeClock, FakeSocket, fakePlatform, settle } from './fakes.ts';

/** What a server says that pings every 20 s and waits 10 s for an answer. */
const handshake = '0{"sid":"x","upgrades":[],"pingInterval":20000,"pingTimeout":10000,"maxPayload":1000000}';
const frameEvent = '451-["frame",{"_placeholder":true,"num":0}]';
const answer = { status: { code: StatusCode.OK, reason: '' }, xid: { uid: 7, deviceSN: 1 } };

let clock: FakeClock;
let platform: ReturnType<typeof fakePlatform>;
let connection: Connection;
let frames: Command[];
let endings: Ending[];

beforeEach(async () => {
  clock = new FakeClock();
  platform = fakePlatform(clock);
  frames = [];
  endings = [];
  connection = new Connection(detectPlatform(platform), {
    url: async () => 'ws://x/socket.io/?EIO=4&transport=websocket',
    socket: async () => SocketIoSocket,
    failed: () => {},
  });
  const identity = { uid: 7, token: 't', deviceGuid: '7_x', deviceName: 'test', manual: true };
  connection.start(identity, {
    step: () => {},
    provisioned: () => {},
    frame: (frame) => void frames.push(frame.command),
    lost: () => {},
    ended: (ending) => void endings.push(ending),
    stateChanged: () => {},
  });
  await settle();
});

const say = (text: string) => FakeSocket.last.onmessage?.({ data: text });

function connect(): void {
  FakeSocket.last.open();
  say(handshake);
  say('40{"sid":"y"}');
}

/** A frame as an event; with `event` empty its binary message alone. */
function sayFrame(command: Command, payload: Uint8Array = new Uint8Array(), event = frameEvent): void {
  if (event) say(event);
  const bytes = encodeFrame({ vsn: Vsn.V2, command, payload });
  FakeSocket.last.onmessage?.({ data: bytes.slice().buffer });
}

function online(): void {
  connect();
  sayFrame(Command.PROVISION, encodeProvision(answer));
  connection.caughtUp();
}

test('it asks for the namespace after the handshake, and signs in once it is let in', () => {
  FakeSocket.last.open();
  expect(FakeSocket.last.texts).toEqual([]);
  say(handshake);
  expect(FakeSocket.last.texts).toEqual(['40']);
  expect(FakeSocket.last.received).toEqual([]);
  say('40{"sid":"y"}');
  say('40{"sid":"y"}');
  expect(FakeSocket.last.texts).toEqual(['40', frameEvent]);
  expect(FakeSocket.last.commands()).toEqual([Command.PROVISION]);
  sayFrame(Command.PROVISION, encodeProvision(answer));
  expect(connection.state.name).toBe('syncing');
});

test('pings are answered, and show that the server is there', async () => {
  online();
  for (let i = 0; i < 5; i++) {
    await clock.advance(20_000);
    say('2');
  }
  expect(FakeSocket.last.texts.filter((text) => text === '3')).toHaveLength(5);
  expect(FakeSocket.last.commands()).toEqual([Command.PROVISION]);
  expect(connection.state.name).toBe('online');
});

test('a server that pings as late as it said it might is not given up, nor one that answers nothing but by pings', async () => {
  online();
  await clock.advance(29_999);
  expect(FakeSocket.last.commands().at(-1)).toBe(Command.NOTICE);
  say('2');
  await clock.advance(29_999);
  expect(connection.state.name).toBe('online');
});

test('a server that is silent for longer than it said is given up', async () => {
  online();
  await clock.advance(29_999);
  expect(connection.state.name).toBe('online');
  await clock.advance(1);
  expect(connection.state.name).toBe('waiting');
  expect(FakeSocket.last.closed).toBe(true);
});

test('a wake-up while online asks at once whether the other side is there', async () => {
  online();
  platform.wake();
  expect(FakeSocket.last.commands().at(-1)).toBe(Command.NOTICE);
  await clock.advance(10_000);
  expect(connection.state.name).toBe('waiting');
});

test.each([
  ['refuses the namespace', '44{"message":"Invalid namespace"}'],
  ['says what is no handshake', '0{"sid":"x"}'],
  ['says what is no JSON', '0{'],
])('a server that %s is left at once, and tried again', (_what, text) => {
  FakeSocket.last.open();
  say(text);
  expect(FakeSocket.last.closed).toBe(true);
  expect(connection.state.name).toBe('waiting');
});

test.each(['1', '41'])('after the goodbye %s the close code says what to do', async (goodbye) => {
  online();
  say(goodbye);
  expect(connection.send(Command.NOTICE, new Uint8Array())).toBe(false);
  FakeSocket.last.end(4201);
  expect(endings.map((ending) => [ending.then, ending.close])).toEqual([['stop', 4201]]);
});

test('a server that says goodbye and does not close is left', async () => {
  online();
  say('41');
  await clock.advance(2000);
  expect(connection.state.name).toBe('waiting');
});

test('only the binary message of a frame is one', () => {
  online();
  sayFrame(Command.NOTICE);
  sayFrame(Command.SYNC, undefined, '');
  sayFrame(Command.SYNC, undefined, '451-["other",{"_placeholder":true,"num":0}]');
  sayFrame(Command.SYNC, undefined, '451-/admin,["frame",{"_placeholder":true,"num":0}]');
  say('42["frame","text"]');
  say('6');
  sayFrame(Command.UNREAD);
  expect(frames).toEqual([Command.NOTICE, Command.UNREAD]);
  expect(connection.state.name).toBe('online');
});

test('after stop nothing is open and nothing is told', async () => {
  online();
  const socket = FakeSocket.last;
  connection.stop();
  say('2');
  socket.end(1006);
  await clock.advance(60_000);
  expect(clock.pending).toBe(0);
  expect(socket.closed).toBe(true);
  expect(FakeSocket.all).toHaveLength(1);
});
