import type { SyncDL } from '@flooim/protocol';
import { decodeNested, type NestedFrame } from '../../../protocol/test/nested.ts';

/** A field that is another than recorded on purpose. */
export interface Difference {
  /** What the server says, in the ids of the recorded frame; 'none' and, of numbers of the moment, 'some'. */
  is: unknown;
  why: string;
}
/** By the path of the field, in our names. */
export type Differences = Record<string, Difference>;

/** Fields whose numbers are of the moment: the same recorded number has to be the same here. */
const mids = /(^|\.)(id|nextKey|serverMid|mid)$/;
/** As `mids`, but only whether there is one counts. */
const times = /(^|\.)(timestamp|serverTime|clientMid|editTimestamp|deviceSN)$/;

/**
 * What of a frame that the server sent is another than in the recorded one: field and the server's value. `numbers` has the ids
 * here by those recorded.
 */
export function differences(sent: NestedFrame, recorded: NestedFrame, numbers: ReadonlyMap<number, number>) {
  const [here, there] = [fieldsOf(sent), fieldsOf(recorded)];
  const back = new Map([...numbers].map(([was, is]) => [is as unknown, was]));
  const midHere = new Map<unknown, unknown>();
  const found: Record<string, unknown> = {};
  for (const path of new Set([...there.keys(), ...here.keys()])) {
    const [value, was] = [here.get(path), there.get(path)];
    if (mids.test(path) || times.test(path)) {
      if (value && was && mids.test(path)) midHere.set(was, midHere.get(was) ?? value);
      if (Boolean(value) !== Boolean(was)) found[path] = value ? 'some' : 'none';
      else if (mids.test(path) && midHere.get(was) !== value) found[path] = 'another';
    } else if (value !== (numbers.get(was as number) ?? was)) found[path] = back.get(value) ?? value ?? 'none';
  }
  return found;
}

/** The frame's fields by their paths, without those that have their default. */
function fieldsOf(frame: NestedFrame): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  collect({ ...frame, ...frame.payload, payload: undefined }, '', fields);
  return fields;
}

function collect(value: unknown, path: string, fields: Map<string, unknown>): void {
  if (!value || value instanceof Uint8Array) return;
  if (typeof value !== 'object') return void fields.set(path, value);
  for (const [key, inner] of Object.entries(value)) collect(inner, path ? `${path}.${key}` : key, fields);
}

type Entry = { ns: number; payload: { type?: number; operation?: { type: number } } };

/** What of a frame is of the same kind as the recorded one's first entry, or answers the same; undefined if nothing is. */
export function likeRecorded(bytes: Uint8Array, recorded: NestedFrame): NestedFrame | undefined {
  const frame = decodeNested(bytes, 'downlink');
  if (frame.command !== recorded.command) return undefined;
  const [here, there] = [frame.payload, recorded.payload] as [SyncDL, SyncDL];
  if (!here || !there || !('metas' in there)) return frame;
  if (Boolean(here.clientMid) !== Boolean(there.clientMid) || here.isFullSync !== there.isFullSync) return undefined;
  if (there.isFullSync) return frame;
  const [kind, entries] = [
    kindOf(there.metas[0]),
    here.metas.filter((meta) => kindOf(meta) === kindOf(there.metas[0])),
  ];
  if (kind !== undefined && entries.length === 0) return undefined;
  return { ...frame, payload: { ...here, metas: entries.slice(-1) } as unknown as NestedFrame['payload'] };
}

function kindOf(meta: unknown): string | undefined {
  if (!meta) return undefined;
  const { ns, payload } = meta as Entry;
  return [ns, payload.type, payload.operation?.type].join();
}
