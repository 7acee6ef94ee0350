import { Command, encodeFrame, encodeProvision, encodeSyncUL, limits, StatusCode, Vsn } from '@flooim/protocol';
import { Random, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, uplink } from '../../protocol/test/vectors.ts';
import { createLog } from '../src/log.ts';
import { EngineLine, frameText } from './support/engine-line.ts';
import { Phone } from './support/phone.ts';
import { type People, type Person, startPeople } from './support/rest.ts';
import { rewriteFrame } from './support/rewrite-frame.ts';
import { recorded } from './support/vector-cast.ts';

let people: People;
/** What the server logged as its own fault. */
const faults: string[] = [];
beforeAll(async () => {
  people = await startPeople({}, { log: createLog('error', { write: (line) => faults.push(line) }) });
});
afterAll(() => people.close());

const versions = ['3', '4'] as const;
const mb = 2 ** 20;

async function isServing(): Promise<void> {
  const began = performance.now();
  expect((await fetch(`${people.url}/healthz`)).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(3000);
}

async function connected(EIO: string): Promise<EngineLine> {
  const line = await EngineLine.open(people.url, { EIO });
  if (EIO === '4') line.send('40');
  return line;
}

let guids = 0;
function provision({ uid, token }: Person): Uint8Array {
  const payload = encodeProvision({ xid: { uid }, token, deviceGuid: `hostile ${++guids}` });
  return encodeFrame({ vsn: Vsn.V1, command: Command.PROVISION, payload });
}

const sync = (asked: Parameters<typeof encodeSyncUL>[0]) =>
  encodeFrame({ vsn: Vsn.V1, command: Command.SYNC, payload: encodeSyncUL(asked) });

/** Waits until all that was sent has left, or nothing leaves any more. */
async function sentOrStuck({ socket }: EngineLine): Promise<void> {
  for (let before = -1; before !== socket.bufferedAmount; ) {
    before = socket.bufferedAmount;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe.each(versions)('in Engine.IO %s', (EIO) => {
  const floods: [string, () => (string | Uint8Array)[], number][] = [
    ['pings', () => [`2${'x'.repeat(4000)}`], 20_000],
    ['asking for namespaces that are not there', () => [`40/${'x'.repeat(60)},`], 100_000],
    ['events that nobody knows', () => [`42["${'x'.repeat(1000)}"]`], 50_000],
    [
      'frames of somebody unknown',
      () => [frameText, Buffer.concat([Buffer.of(...(EIO === '3' ? [4] : [])), sync({ xid: { uid: 5 } })])],
      50_000,
    ],
  ];
  test.each(floods)(
    '%s without reading fill no memory',
    async (_, packets, count) => {
      const line = await connected(EIO);
      const before = process.memoryUsage().rss;
      line.socket.pause();
      const each = packets();
      for (let i = 0; i < count && line.closeCode === undefined; i++) {
        line.send(...each);
        if (i % 1000 === 999)
          await until(() => line.socket.bufferedAmount < 8 * mb, 'room', { timeoutMs: 300 }).catch(() => {});
        if (line.socket.bufferedAmount >= 8 * mb) break;
      }
      await sentOrStuck(line);
      await isServing();
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * mb);
      line.socket.terminate();
    },
    30_000,
  );

  test('who reads slowly gets the answer to his last ping, once there is room', async () => {
    const [writer, line] = [await Phone.connect(people.url, { ...people.alice, guid: 'writer' }), await connected(EIO)];
    const { uid } = people.bob;
    for (let i = 0; i < 20; i++) await writer.text(uid, `${i} ${'x'.repeat(limits.contentBytes - 100)}`);
    line.frame(provision(people.bob));
    await until(() => line.binaries.length === 1, 'the answer');
    line.socket.pause();
    const pull = sync({ xid: { uid: people.alice.uid }, isFullSync: true, fullSyncNum: 20 });
    // More than the system's socket buffers hold, and fewer frames than would stop the reading.
    for (let i = 0; i < limits.inboundFrames - 4; i++) line.frame(pull);
    const isFull = () => people.server.context.registry.of(uid).some(({ outbox }) => outbox.isFull);
    // Full for a moment it is before the system has taken anything.
    let since = performance.now();
    const isStuck = () => {
      if (!isFull()) since = performance.now();
      return performance.now() - since > 200;
    };
    await until(isStuck, 'a server that waits for its reader');
    line.send('2', '2last');
    await sentOrStuck(line);
    line.socket.resume();
    await line.text('3last');
    await line.settle();
    line.socket.terminate();
    writer.raw.terminate();
  }, 30_000);
});

/** Whatever came to somebody's mind. */
class Fuzz {
  readonly #random = new Random(20_240_607);
  readonly #corpus: readonly (string | Buffer)[];

  constructor(frames: readonly Buffer[]) {
    const texts = ['0{"sid":"x"}', '1', '2', '2probe', '3', '40', '40/admin,', '41', '41/x,', '42["frame",{}]', '43[]'];
    const events = [
      frameText,
      '451-7["frame",{"_placeholder":true,"num":0}]',
      '452-["frame",{"_placeholder":true,"num":1}]',
    ];
    const more = ['450-[]', '459999-["frame"]', '451-[null]', '46-1[]', '5', '6', 'b4AAAA', 'bAAAA', '\u0000', '😀'];
    this.#corpus = [...texts, ...events, ...events, ...events, ...more, ...frames, ...frames];
  }

  next(): string | Buffer {
    const packet = this.#random.pick(this.#corpus);
    if (this.#random.chance(0.4)) return packet;
    const bytes = this.#mutated(Buffer.from(packet));
    // Text that is no UTF-8 cannot be sent as such.
    return typeof packet === 'string' ? bytes.toString('latin1') : bytes;
  }

  #mutated(bytes: Buffer): Buffer {
    const random = this.#random;
    const at = random.between(0, bytes.length);
    switch (random.between(0, 4)) {
      case 0:
        return bytes.subarray(0, at);
      case 1:
        return Buffer.concat([bytes.subarray(0, at), this.#noise(), bytes.subarray(at)]);
      case 2:
        return Buffer.concat([bytes, bytes.subarray(at)]);
      case 3:
        return this.#noise();
      default: {
        const changed = Buffer.from(bytes);
        for (let i = 0; i < 3 && changed.length > 0; i++)
          changed[random.between(0, changed.length - 1)] = random.between(0, 255);
        return changed;
      }
    }
  }

  #noise(): Buffer {
    return Buffer.from(Array.from({ length: this.#random.between(0, 39) }, () => this.#random.between(0, 255)));
  }
}

test.each(versions)(
  'thousands of broken packets in Engine.IO %s harm nobody else',
  async (EIO) => {
    const { alice, bob, carol, url } = people;
    const phones = await Promise.all([alice, bob].map((each) => Phone.connect(url, { ...each, guid: `fuzz ${EIO}` })));
    const [alices, bobs] = phones as [Phone, Phone];
    await alices.text(bob.uid, `before the storm ${EIO}`);
    const before = await bobs.history(alice.uid);
    const substitutes = {
      numbers: new Map([
        [recorded.alice, carol.uid],
        [recorded.bob, alice.uid],
        [recorded.carol, bob.uid],
      ]),
      texts: new Map([[`T${recorded.alice}-fixedtoken`, carol.token]]),
    };
    const mark = Buffer.of(...(EIO === '3' ? [4] : []));
    const fuzz = new Fuzz(uplink.map((vector) => Buffer.concat([mark, rewriteFrame(bytesOf(vector), substitutes)])));
    let lines = 0;
    for (let sent = 0; sent < 2000; lines++) {
      const line = await connected(EIO);
      if (lines % 2 === 0) line.frame(provision(carol));
      for (; sent < 2000 && line.socket.readyState === line.socket.OPEN; sent++) {
        line.send(fuzz.next());
        if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      line.socket.terminate();
    }
    expect(lines).toBeGreaterThan(20);
    await isServing();
    expect(await bobs.history(alice.uid)).toEqual(before);
    expect((await alices.text(bob.uid, `after the storm ${EIO}`)).status?.code).toBe(StatusCode.OK);
    await bobs.pushedText(`after the storm ${EIO}`);
    expect(faults).toEqual([]);
    for (const { raw } of phones) raw.terminate();
  },
  30_000,
);
