import { parseArgs } from 'node:util';
import { type Cores, chooseCores } from './cores.ts';

/** What can be set on the command line of every benchmark. */
export interface BenchOptions {
  /** How often each figure is measured. */
  runs: number;
  /** How long each measurement takes. */
  seconds: number;
  pairs: number;
  /** Messages of a pair under way at one time, when saturated. */
  window: number;
  /** Idle sessions. */
  n: number;
  /** Of the group, and how many of them are there. */
  members: number;
  online: number;
  /** Size of the large file, in MB. */
  mb: number;
  /** Stored in the large database, and conversations of the one with the most. */
  entries: number;
  conversations: number;
  /** How often a server is killed and started again, and how large its database is, in GB. */
  kills: number;
  gb: number;
  /** Messages that arrive in a browser. */
  arrivals: number;
  /** The server on one core, the generator on another. */
  pin: Cores | undefined;
  writer: 'thread' | 'inline' | undefined;
}

export async function readOptions(args: readonly string[]): Promise<{ names: string[]; options: BenchOptions }> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      pairs: { type: 'string', default: '50' },
      window: { type: 'string', default: '32' },
      n: { type: 'string', default: '10000' },
      members: { type: 'string', default: '2000' },
      online: { type: 'string', default: '500' },
      mb: { type: 'string', default: '100' },
      entries: { type: 'string', default: '10000000' },
      conversations: { type: 'string', default: '5000' },
      kills: { type: 'string', default: '10' },
      gb: { type: 'string', default: '1' },
      arrivals: { type: 'string', default: '10000' },
      pin: { type: 'boolean', default: false },
      writer: { type: 'string' },
    },
  });
  return {
    names: positionals,
    options: {
      runs: Number(values.runs),
      seconds: Number(values.seconds),
      pairs: Number(values.pairs),
      window: Number(values.window),
      n: Number(values.n),
      members: Number(values.members),
      online: Number(values.online),
      mb: Number(values.mb),
      entries: Number(values.entries),
      conversations: Number(values.conversations),
      kills: Number(values.kills),
      gb: Number(values.gb),
      arrivals: Number(values.arrivals),
      pin: values.pin ? await chooseCores() : undefined,
      writer: values.writer as BenchOptions['writer'],
    },
  };
}
