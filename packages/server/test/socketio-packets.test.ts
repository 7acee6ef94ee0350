import {
  Command,
  closeCodes,
  decodeFrame,
  decodeProvision,
  encodeFrame,
  encodeProvision,
  limits,
  Vsn,
} from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { type EngineAddress, EngineLine, frameText } from './support/engine-line.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat();
});
afterAll(() => chat.close());

const versions = ['3', '4'] as const;
const open = (EIO: string, more: EngineAddress = {}) => EngineLine.open(chat.url, { EIO, ...more });

/** A connection on which frames can be sent. */
async function connected(EIO: string, more: EngineAddress = {}): Promise<EngineLine> {
  const line = await open(EIO, more);
  if (EIO === '4') {
    line.send('40');
    await until(() => line.texts.length === 2, 'the CONNECT');
  }
  return line;
}

let guids = 0;
function provision(): Uint8Array {
  const { uid, token } = chat.alice;
  const payload = encodeProvision({ xid: { uid }, token, deviceGuid: `packets ${++guids}` });
  return encodeFrame({ vsn: Vsn.V1, command: Command.PROVISION, payload });
}

function statusOf(frame: Uint8Array) {
  return decodeProvision(decodeFrame(frame).payload).status;
}

/** The status of the Provision that comes as the first binary message. */
async function provisionAnswer(line: EngineLine, marked: boolean) {
  await until(() => line.binaries.length > 0 || line.closeCode !== undefined, 'an answer');
  const bytes = line.binaries[0] as Buffer;
  if (marked) expect(bytes[0]).toBe(4);
  return statusOf(marked ? bytes.subarray(1) : bytes);
}

describe('the handshake', () => {
  test.each(versions)('of Engine.IO %s tells the ping times and that there is no other transport', async (EIO) => {
    const line = await open(EIO);
    expect(line.texts[0]).toMatch(/^0\{/);
    const { sid, ...told } = JSON.parse(line.texts[0]?.slice(1) ?? '');
    expect(sid).toMatch(/^[\w-]{20}$/);
    expect(told).toEqual({
      upgrades: [],
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 2 * limits.frameBytes,
    });
    line.socket.terminate();
  });

  test('of Engine.IO 3 is followed by an unasked CONNECT', async () => {
    const line = await open('3');
    expect(line.texts[1]).toBe('40');
    line.send('40');
    await line.settle();
    expect(line.texts.filter((text) => text.startsWith('40'))).toEqual(['40']);
    line.socket.terminate();
  });

  test.each(['40', '40{"token":"whatever"}', '40/,'])('of Engine.IO 4 waits for the CONNECT %s', async (connect) => {
    const line = await open('4');
    await line.settle();
    expect(line.texts.filter((text) => text.startsWith('4'))).toEqual([]);
    line.send(connect);
    await until(() => line.texts.some((text) => /^40\{"sid":"[\w-]{20}"\}$/.test(text)), 'the CONNECT');
    line.socket.terminate();
  });

  test('gives each connection an id of its own', async () => {
    const lines = await Promise.all([open('3'), open('3')]);
    expect(new Set(lines.map((line) => line.texts[0])).size).toBe(2);
    for (const line of lines) line.socket.terminate();
  });
});

describe.each(versions)('in Engine.IO %s', (EIO) => {
  test.each(['', 'probe', 'x'.repeat(4095)])('a ping with "%s" is answered by a pong with the same', async (probe) => {
    const line = await open(EIO);
    line.send(`2${probe}`);
    await line.text(`3${probe}`);
    line.socket.terminate();
  });

  test('a frame is the only argument of an event, and so is the answer', async () => {
    const line = await connected(EIO);
    line.frame(provision());
    expect(await provisionAnswer(line, EIO === '3')).toMatchObject({ code: 1 });
    expect(line.texts.at(-1)).toBe(frameText);
    line.socket.terminate();
  });

  test('a client that reads no binary messages gets and sends base64', async () => {
    const line = await connected(EIO, { b64: '1' });
    const mark = EIO === '3' ? 'b4' : 'b';
    line.send(frameText, mark + Buffer.from(provision()).toString('base64'));
    await until(() => line.texts.at(-2) === frameText, 'an answer');
    const answer = line.texts.at(-1) as string;
    expect(answer.startsWith(mark)).toBe(true);
    expect(statusOf(Buffer.from(answer.slice(mark.length), 'base64'))).toMatchObject({ code: 1 });
    expect(line.binaries).toEqual([]);
    line.socket.terminate();
  });

  test.each([
    ['an acknowledgement asked for', '451-7["frame",{"_placeholder":true,"num":0}]', 1],
    ['the namespace named', '451-/,["frame",{"_placeholder":true,"num":0}]', 1],
    ['other keys in the placeholder', '451-["frame",{"num":0,"_placeholder":true,"more":[]}]', 1],
    ['more arguments', '451-["frame",{"_placeholder":true,"num":0},"more",5,null]', 1],
  ])('a frame with %s is taken, and nothing acknowledged', async (_, header) => {
    const line = await connected(EIO);
    line.frame(provision(), header);
    expect(await provisionAnswer(line, EIO === '3')).toMatchObject({ code: 1 });
    await line.settle();
    expect(line.texts.filter((text) => /^4[36]/.test(text))).toEqual([]);
    line.socket.terminate();
  });

  test('of several attachments the one named is the frame', async () => {
    const line = await connected(EIO);
    const header = '453-["frame",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]';
    const mark = EIO === '3' ? Buffer.of(4) : Buffer.of();
    for (const bytes of [Buffer.from('no frame'), provision(), Buffer.from('none either')]) {
      if (bytes.length === 8) line.send(header);
      line.send(Buffer.concat([mark, bytes]));
    }
    expect(await provisionAnswer(line, EIO === '3')).toMatchObject({ code: 1 });
    await line.settle();
    expect(line.binaries).toHaveLength(1);
    line.socket.terminate();
  });

  test.each([
    ['an event that nobody knows', ['42["hello",{"a":1}]']],
    ['an acknowledgement that nobody asked for', ['430[]']],
    ['an error', ['44{"message":"no"}']],
    ['a pong, an upgrade, a noop', ['3', '3probe', '5', '6']],
    [
      'an unknown event with attachments',
      ['452-["picture",{"_placeholder":true,"num":0}]', 'attachment', 'attachment'],
    ],
    ['a frame for a namespace that is not there', ['451-/admin,["frame",{"_placeholder":true,"num":0}]', 'attachment']],
    ['the end of a namespace that is not there', ['41/admin,']],
    ['a frame that names an attachment beyond the last', ['451-["frame",{"_placeholder":true,"num":5}]', 'attachment']],
    ['an event without attachments that should have some', ['450-["frame",{"_placeholder":true,"num":0}]']],
    ['a ping before the attachment', ['451-["other",{"_placeholder":true,"num":0}]', '2', 'attachment']],
  ])('%s is let pass', async (_, packets) => {
    const line = await connected(EIO);
    const attachment = Buffer.from(EIO === '3' ? '\x04\xff' : '\xff', 'latin1');
    line.send(...packets.map((packet) => (packet === 'attachment' ? attachment : packet)));
    await line.settle();
    line.frame(provision());
    expect(await provisionAnswer(line, EIO === '3')).toMatchObject({ code: 1 });
    line.socket.terminate();
  });

  const malformed: [string, (string | Uint8Array)[]][] = [
    ['nothing at all', ['']],
    ['an unknown Engine.IO packet', ['7']],
    ['an unknown Socket.IO packet', ['49']],
    ['a Socket.IO packet without a type', ['4']],
    ['an acknowledgement with attachments', ['461-1[{"_placeholder":true,"num":0}]']],
    ['far too many attachments', [`459999-["frame",{"_placeholder":true,"num":0}]`]],
    ['attachments without a number', ['45-["frame",{"_placeholder":true,"num":0}]']],
    ['a number of attachments below none', ['45-1["frame",{"_placeholder":true,"num":0}]']],
    ['an event that is no JSON', ['451-["frame",{"_placeholder":true,"num":0}']],
    ['an event that is no list', ['451-{"frame":{"_placeholder":true,"num":0}}']],
    ['a frame without a placeholder', ['451-["frame","text"]']],
    ['a frame of null', ['451-["frame",null]']],
    ['a frame without a number', ['451-["frame",{"_placeholder":true,"num":"0"}]']],
    ['a frame that nests too deep', [`451-["frame",${'['.repeat(2000)}${']'.repeat(2000)}]`]],
    ['a text over 4 KB', [`2${'x'.repeat(4096)}`]],
    ['a text over the limit', [`42["${'x'.repeat(100_000)}"]`]],
    ['an event before the attachment of the last', [frameText, frameText]],
    ['an attachment without an event', [Buffer.of(4, 8, 0)]],
    ['an attachment too many', ['451-["other",{"_placeholder":true,"num":0}]', Buffer.of(4), Buffer.of(4)]],
    ['base64 without an event', ['b4CAA=']],
  ];
  test.each(malformed)('%s ends the connection', async (_, packets) => {
    const line = await connected(EIO);
    line.send(...packets);
    expect(await line.closed()).toBe(closeCodes.malformed.code);
  });

  test('a frame over the limit ends the connection with its code, and one far over it is not even read', async () => {
    const line = await connected(EIO);
    line.frame(new Uint8Array(limits.frameBytes + 1));
    expect(await line.closed()).toBe(closeCodes.tooLarge.code);
    const other = await connected(EIO);
    other.frame(new Uint8Array(3 * limits.frameBytes));
    expect(await other.closed()).toBe(1009);
  });

  test('bytes that are no frame end the connection', async () => {
    const line = await connected(EIO);
    line.frame(Buffer.from('ffffffffffffffffffff', 'hex'));
    expect(await line.closed()).toBe(closeCodes.malformed.code);
  });

  test('another namespace is refused in the words of the version, and the connection lives', async () => {
    const line = await connected(EIO);
    line.send('40/admin,');
    await line.text(EIO === '3' ? '44/admin,"Invalid namespace"' : '44/admin,{"message":"Invalid namespace"}');
    line.send(`40/${'x'.repeat(1000)},`);
    await until(() => line.texts.some((text) => text.startsWith('44/xxx')), 'a refusal');
    expect(line.texts.at(-1)?.length).toBeLessThan(120);
    line.frame(provision());
    expect(await provisionAnswer(line, EIO === '3')).toMatchObject({ code: 1 });
    line.socket.terminate();
  });

  test.each(['41', '41/,', '1'])('the packet %s ends the connection without a fault', async (packet) => {
    const line = await connected(EIO);
    line.send(packet);
    expect(await line.closed()).toBe(1000);
  });
});

test('in Engine.IO 3 a binary message that is not marked as one ends the connection', async () => {
  for (const bytes of [Buffer.of(), Buffer.of(8, 0), Buffer.of(5)]) {
    const line = await connected('3');
    line.send(frameText, bytes);
    expect(await line.closed()).toBe(closeCodes.malformed.code);
  }
});

test('in Engine.IO 3 a base64 message that is not marked as one ends the connection', async () => {
  const line = await connected('3', { b64: '1' });
  line.send(frameText, 'b2CAA=');
  expect(await line.closed()).toBe(closeCodes.malformed.code);
});

test('in Engine.IO 4 an event before the CONNECT ends the connection', async () => {
  const line = await open('4');
  line.send(frameText);
  expect(await line.closed()).toBe(closeCodes.malformed.code);
});
