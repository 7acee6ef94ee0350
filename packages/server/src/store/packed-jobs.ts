import type { Job } from './batch.ts';
import type { NewEntry } from './entry.ts';

/**
 * Jobs on their way to another thread. Copying them as they are costs more than a tenth of a message: so the entries that
 * they append go as columns, and what many of them have in common goes once.
 */
export interface PackedJobs {
  /** Which of `kinds` each job is. */
  kindOf: Uint16Array<ArrayBuffer>;
  /** Jobs without their entry. */
  kinds: Job[];
  /** The numbers of the entries, as `fields` orders them; `absent` in the place of the first where a job has no entry. */
  numbers: Float64Array<ArrayBuffer>;
  payloads: Uint8Array<ArrayBuffer>;
}

const fields = ['logId', 'kind', 'fromUid', 'fromDevice', 'toUid', 'clientMid', 'ns', 'time'] as const;
/** The fields and how long the payload is. */
const width = fields.length + 1;
/** No id, kind, time or length is negative. */
const absent = -1;

/** As many as a batch has at most. */
const mostKinds = 2 ** 16;

interface WithEntry {
  entry?: NewEntry;
  [field: string]: unknown;
}

export function packJobs(jobs: readonly Job[]): PackedJobs {
  if (jobs.length > mostKinds) throw new RangeError(`${jobs.length} jobs are too many for one batch`);
  const known = new Map<string, number>();
  const kinds: Job[] = [];
  const kindOf = new Uint16Array(jobs.length);
  const numbers = new Float64Array(jobs.length * width);
  let bytes = 0;
  for (const { args } of jobs) bytes += (args as WithEntry).entry?.payload.length ?? 0;
  const payloads = new Uint8Array(bytes);
  let end = 0;
  for (let i = 0; i < jobs.length; i++) {
    const { name, args } = jobs[i] as Job;
    const { entry, ...rest } = args as WithEntry;
    const key = keyOf(name, rest);
    let kind = key === undefined ? undefined : known.get(key);
    if (kind === undefined) {
      kind = kinds.push({ name, args: rest }) - 1;
      if (key !== undefined) known.set(key, kind);
    }
    kindOf[i] = kind;
    const at = i * width;
    if (!entry) {
      numbers[at] = absent;
      continue;
    }
    numbers[at] = entry.logId;
    numbers[at + 1] = entry.kind;
    numbers[at + 2] = entry.fromUid;
    numbers[at + 3] = entry.fromDevice;
    numbers[at + 4] = entry.toUid;
    numbers[at + 5] = entry.clientMid ?? absent;
    numbers[at + 6] = entry.ns;
    numbers[at + 7] = entry.time;
    numbers[at + 8] = entry.payload.length;
    payloads.set(entry.payload, end);
    end += entry.payload.length;
  }
  return { kindOf, kinds, numbers, payloads };
}

/** The same for arguments that are the same; undefined for those that are not compared. */
function keyOf(name: string, rest: Record<string, unknown>): string | undefined {
  let key = name;
  for (const field in rest) {
    const value = rest[field];
    if (typeof value === 'object' && value !== null) return undefined;
    // In quotes: what somebody wrote never looks like the next field.
    key += `\n${field} ${typeof value === 'string' ? JSON.stringify(value) : value}`;
  }
  return key;
}

export function unpackJobs({ kindOf, kinds, numbers, payloads }: PackedJobs): Job[] {
  let end = 0;
  const jobs: Job[] = [];
  for (let i = 0; i < kindOf.length; i++) {
    const { name, args } = kinds[kindOf[i] as number] as Job;
    const at = i * width;
    if (numbers[at] === absent) {
      jobs.push({ name, args });
      continue;
    }
    const start = end;
    end += numbers[at + 8] as number;
    const clientMid = numbers[at + 5] as number;
    const entry = {
      logId: numbers[at] as number,
      kind: numbers[at + 1],
      fromUid: numbers[at + 2] as number,
      fromDevice: numbers[at + 3] as number,
      toUid: numbers[at + 4] as number,
      clientMid: clientMid === absent ? null : clientMid,
      ns: numbers[at + 6],
      time: numbers[at + 7] as number,
      payload: payloads.slice(start, end),
    } as NewEntry;
    jobs.push({ name, args: { ...(args as object), entry } });
  }
  return jobs;
}
