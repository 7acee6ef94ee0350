import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Job } from '../src/store/batch.ts';
import { packJobs, unpackJobs } from '../src/store/packed-jobs.ts';

const id = fc.integer({ min: 1, max: 2 ** 50 });
const entry = fc.record({
  logId: id,
  kind: fc.constantFrom(1, 2, 3),
  fromUid: fc.oneof(fc.constant(0), id),
  fromDevice: fc.nat(10),
  toUid: id,
  clientMid: fc.option(id),
  ns: fc.nat(9),
  time: id,
  payload: fc.uint8Array({ maxLength: 300 }),
});
const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined), fc.constant(null));
const nested = fc.record({ uid: id, objects: fc.array(fc.string()) });
const args = fc.record({ dedupe: fc.constantFrom('clientMid', 'clientMidAndPayload'), other: plain, files: nested });
const job: fc.Arbitrary<Job> = fc.oneof(
  fc.record({
    name: fc.constantFrom('message.append', 'message.appendToGroup'),
    args: fc.record({ entry, friendsOnly: fc.boolean(), dedupe: fc.constantFrom('clientMid', 'x') }),
  }),
  fc.record({ name: fc.string(), args: fc.tuple(args, entry).map(([some, one]) => ({ ...some, entry: one })) }),
  fc.record({ name: fc.constantFrom('group.create', 'conversation.ack'), args }),
);

describe('jobs on their way to the thread that writes', () => {
  test('arrive as they were', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 60 }), (jobs) => {
        expect(unpackJobs(structuredClone(packJobs(jobs)))).toEqual(jobs);
      }),
      { numRuns: 300 },
    );
  });

  test('keep arguments apart that only look alike', () => {
    const jobs = [{ on: true }, { on: 'true' }, { on: 1 }, { on: '1' }, { on: null }, { on: undefined }, {}].map(
      (one) => ({ name: 'a', args: one }),
    );
    expect(unpackJobs(structuredClone(packJobs(jobs)))).toEqual(jobs);
    const tricky = [{ a: 'x\nb string y' }, { a: 'x', b: 'y' }].map((one) => ({ name: 'a', args: one }));
    expect(unpackJobs(structuredClone(packJobs(tricky)))).toEqual(tricky);
  });

  test('share nothing with what they were packed from', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const one = { logId: 1, kind: 1, fromUid: 2, fromDevice: 1, toUid: 3, clientMid: 4, ns: 1, time: 5, payload };
    const packed = packJobs([{ name: 'a', args: { entry: one } }]);
    payload.fill(9);
    const [job] = unpackJobs(packed) as [Job];
    expect((job.args as { entry: typeof one }).entry.payload).toEqual(Uint8Array.of(1, 2, 3));
  });
});
