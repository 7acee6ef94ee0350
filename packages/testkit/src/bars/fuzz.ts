/**
 * The bar `fuzz`: frames that nobody would send, through the decoders and to a real server in every state of a session, and
 * REST calls right and wrong after the server's own document. Nothing may come of it but typed refusals.
 */
import { parseArgs } from 'node:util';
import type { DecoderBug } from '../fuzz/decode-child.ts';
import { decodeInProcesses } from '../fuzz/decode-processes.ts';
import { runLive } from '../fuzz/live.ts';
import type { ServerBug } from '../fuzz/measured-server.ts';
import { runRest } from '../fuzz/rest.ts';
import { Town } from '../fuzz/town.ts';

export interface FuzzOptions {
  seed: number;
  /** Through the decoders alone. */
  frames: number;
  /** To a server. */
  live: number;
  /** REST calls. */
  rest: number;
  decoderBug?: DecoderBug;
  serverBug?: ServerBug;
  /** After which a decoder is taken to hang. */
  hangMs?: number;
}

export interface FuzzResult {
  frames: number;
  /** Of them, how many could be read to their end. */
  decoded: number;
  live: number;
  sessions: number;
  rest: number;
  refused: number;
  bad: number;
  /** The first of what is bad, in words. */
  faults: string[];
  /** Of the server's event loop, in milliseconds. */
  loop: { p99: number; max: number };
}

export async function runFuzz({
  seed,
  frames,
  live,
  rest,
  decoderBug,
  serverBug,
  hangMs,
}: FuzzOptions): Promise<FuzzResult> {
  // One after the other: what decodes takes all the machine's time.
  const decoding = await decodeInProcesses({ seed, frames, bug: decoderBug, hangMs });
  const served = live + rest > 0 ? await runServed({ seed, live, rest, serverBug }) : unserved;
  return {
    ...served,
    frames,
    decoded: decoding.decoded,
    bad: decoding.bad + served.faults.length,
    faults: [...decoding.faults, ...served.faults],
  };
}

type Served = Pick<FuzzResult, 'live' | 'sessions' | 'rest' | 'refused' | 'faults' | 'loop'>;
const unserved: Served = { live: 0, sessions: 0, rest: 0, refused: 0, faults: [], loop: { p99: 0, max: 0 } };

async function runServed({ seed, live, rest, serverBug }: Omit<FuzzOptions, 'frames'>): Promise<Served> {
  // Some calls are a user's last.
  const town = await Town.build(400 + Math.ceil(rest / 10), serverBug);
  const { users, groups, operatorToken, server } = town;
  try {
    const [group = 0] = groups;
    const odd = await runLive({ url: server.url, seed, frames: live, users, group });
    const called = await runRest({ url: server.url, seed, calls: rest, users, groups, operatorToken }).catch(
      (error: Error) => ({ sent: 0, refused: 0, faults: [`the REST calls ended: ${error.message}`] }),
    );
    const faults = [...odd.faults, ...called.faults, ...(await town.judge())];
    const counts = { live: odd.sent, sessions: odd.sessions, rest: called.sent, refused: called.refused };
    return { ...counts, faults, loop: town.loopDelay };
  } finally {
    await town.leave();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '5000000' },
      live: { type: 'string', default: '50000' },
      rest: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const { bad, faults, loop, ...result } = await runFuzz({
    seed: Number(values.seed),
    frames: Number(values.frames),
    live: Number(values.live),
    rest: Number(values.rest),
  });
  const delay = `loop_p99=${loop.p99.toFixed(0)} ms loop_max=${loop.max.toFixed(0)} ms`;
  console.log(`fuzz: frames=${result.frames} live=${result.live} rest=${result.rest} bad=${bad} ${delay}`);
  for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
  process.exit(bad > 0 ? 1 : 0);
}

if (import.meta.main) await main();
