import type { Vector } from '../../../protocol/test/vectors.ts';
import { DeployedPhone } from './deployed-phone.ts';
import { Phone } from './phone.ts';
import { type People, startPeople } from './rest.ts';

/** Who takes part in the recorded frames. */
export const recorded = {
  alice: 6_597_069_766_001,
  bob: 6_597_069_766_002,
  carol: 6_597_069_766_003,
  group: 6_597_069_770_001,
};

/** The people of the recorded frames: alice and bob each with a deployed client and with one of ours, and their group. */
export interface VectorCast {
  people: People;
  gid: number;
  alice: { old: DeployedPhone; new: Phone };
  bob: { old: DeployedPhone; new: Phone };
  /** From what was recorded to what is here. */
  numbers: Map<number, number>;
  texts: Map<string, string>;
  close(): Promise<void>;
}

export async function startVectorCast(): Promise<VectorCast> {
  const people = await startPeople();
  const { alice, bob, carol, url } = people;
  const { group_id: gid } = await people.ok(alice, 'groupCreate', { name: 'group', user_list: [bob.uid, carol.uid] });
  const devices = async (person: typeof alice) => ({
    old: await DeployedPhone.connect(url, { ...person, guid: `${person.uid}_1` }),
    new: await Phone.connect(url, { ...person, guid: `${person.name} new` }),
  });
  const cast = { alice: await devices(alice), bob: await devices(bob) };
  const ids = { alice: alice.uid, bob: bob.uid, carol: carol.uid, group: gid };
  const numbers = (Object.keys(ids) as (keyof typeof ids)[]).map((name) => [recorded[name], ids[name]] as const);
  return {
    people,
    gid,
    ...cast,
    numbers: new Map(numbers),
    texts: new Map([
      [`T${recorded.alice}-fixedtoken`, alice.token],
      ...numbers.map(([was, is]) => [String(was), String(is)] as const),
    ]),
    async close() {
      for (const { old, new: ours } of [cast.alice, cast.bob]) for (const { raw } of [old, ours]) raw.terminate();
      await people.close();
    },
  };
}

/** The subjects of what is done to messages and conversations. */
export const operations = /^(read|mark|recall|delete|append|replace) /;

/** The recorded frames by what they are about; several make one step after the other. */
export function bySubject(vectors: readonly Vector[]): Map<string, Vector[]> {
  const subjects = new Map<string, Vector[]>();
  for (const vector of vectors) {
    const subject = vector.name.replace(/#\d+$/, '');
    subjects.set(subject, [...(subjects.get(subject) ?? []), vector]);
  }
  return subjects;
}
