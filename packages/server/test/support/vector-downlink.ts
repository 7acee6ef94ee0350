import { until } from '@flooim/testkit';
import { expect } from 'vitest';
import { decodeNested, type NestedFrame } from '../../../protocol/test/nested.ts';
import { bytesOf, downlink, type Vector } from '../../../protocol/test/vectors.ts';
import type { DeployedPhone } from './deployed-phone.ts';
import { bySubject, recorded, type VectorCast } from './vector-cast.ts';
import { type Differences, differences, likeRecorded } from './vector-compare.ts';

/** How the server is brought to say what was recorded. */
export interface Situation {
  /** What has to be so before; what is heard of it does not count. */
  before?: () => Promise<unknown>;
  act: () => Promise<unknown>;
  /** Who is who, where it is not as recorded. */
  as?: () => Partial<typeof recorded>;
  /** Who hears it; by default bob's deployed client, which has everything. */
  at?: () => Promise<DeployedPhone>;
  differs?: Differences;
}

/** Stored entries are acknowledged; the recorded ones were not. */
export const stored: Differences = {
  nextKey: {
    is: 'some',
    why: 'it is stored, and acknowledged by its next_key: it comes again to a device that was cut off',
  },
};
/** Of what a deployed client does with a push without `next_key`, being told that it is one changes nothing. */
export const transient: Differences = {
  isEagerSync: { is: true, why: 'what is not stored is marked as pushed, in both versions of the protocol' },
  'metas.0.id': { is: 'none', why: 'it is not stored, so it has no place in the log' },
};

const subjects = bySubject(downlink);

/** The recorded frames of these subjects. */
export function subjectsOf(choose: (subject: string) => boolean): string[] {
  return [...subjects.keys()].filter(choose);
}

/** Brings the server into the situation and compares what it says with every recorded frame of the subject. */
export async function playDownlink(cast: VectorCast, subject: string, situation: Situation): Promise<void> {
  await situation.before?.();
  const hearer = situation.at ? await situation.at() : cast.bob.old;
  if (!situation.at) await hearer.settle();
  const vectors = subjects.get(subject) as Vector[];
  const expected = vectors.map((vector) => decodeNested(bytesOf(vector), 'downlink'));
  const count = hearer.frames.length;
  await situation.act();
  const sent = await heardLike(hearer, count, expected[0] as NestedFrame);
  const roles = Object.entries(situation.as?.() ?? {}) as [keyof typeof recorded, number][];
  const numbers = new Map([...cast.numbers, ...roles.map(([name, id]) => [recorded[name], id] as const)]);
  const meant = Object.entries(situation.differs ?? {}).map(([path, { is }]) => [path, is]);
  for (const frame of expected) expect(differences(sent, frame, numbers)).toEqual(Object.fromEntries(meant));
}

async function heardLike(hearer: DeployedPhone, count: number, expected: NestedFrame): Promise<NestedFrame> {
  const find = () => {
    const later = hearer.frames.slice(count).map(({ bytes }) => likeRecorded(bytes, expected));
    return later.find((frame) => frame !== undefined);
  };
  await until(() => find() !== undefined, 'the frame that was recorded');
  return find() as NestedFrame;
}
