import { type Lease, leaseOf, noLease } from './lease.ts';
import type { Clock, KeyValue, TabLocks } from './platform.ts';

/** How long another tab has to say that a name is taken. One that is busy for longer is known by its lease. */
const answerMs = 200;

/** `asks` wants the name, `has` tells the one who asked under that number that it is taken. */
type Word = { name: string; asks: number } | { name: string; has: number };

/** The part of a BroadcastChannel that is needed. */
export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(word: Word): void;
  close(): void;
}

export type ChannelClass = new (name: string) => Channel;

/** Where leases are kept, and what this tab is called in them: the same after a reload. */
export interface Leases {
  keyValue: KeyValue;
  owner: string;
  /** Calls back when the page goes away: the next one need not wait until the lease is old. */
  leaving?(run: () => void): void;
}

/**
 * Web Locks exist on secure pages only; a server on the local network is often reached by plain http. There, tabs agree on
 * names by asking each other, and by leases that a tab renews for as long as it lives.
 */
export function channelLocks(ChannelType: ChannelClass, clock: Clock, random: () => number, leases?: Leases): TabLocks {
  return {
    async request(name, _options, hold) {
      const lease = leases ? leaseOf(leases, name, clock) : noLease;
      const channel = new ChannelType('flooim:locks');
      const number = random();
      const refuse = (word: Word) => 'asks' in word && channel.postMessage({ name, has: word.asks });
      const unopposed = new Promise<boolean>((resolve) => {
        channel.onmessage = ({ data }) => {
          const word = data as Word;
          if (word.name !== name) return;
          // Of those who ask at once the smallest number has it.
          const isTaken = 'has' in word ? word.has === number : word.asks < number;
          if (isTaken) resolve(false);
          else refuse(word);
        };
        channel.postMessage({ name, asks: number });
        clock.setTimeout(() => afterTurns(clock, 2, () => resolve(true)), answerMs);
      });
      const free = !lease.isTaken() && (await unopposed) && (await take(lease, clock));
      channel.onmessage = ({ data }) => {
        if (free && (data as Word).name === name) refuse(data as Word);
      };
      try {
        return await hold(free ? { name } : null);
      } finally {
        if (free) lease.end();
        channel.close();
      }
    },
  };
}

/** A tab that was busy itself finds its answers in the queue: they come before it goes on. */
function afterTurns(clock: Clock, turns: number, run: () => void): void {
  if (turns === 0) run();
  else clock.setTimeout(() => afterTurns(clock, turns - 1, run), 0);
}

/** Of two tabs that take it at once the last to write has it, and both see that. */
async function take(lease: Lease, clock: Clock): Promise<boolean> {
  if (lease.isTaken()) return false;
  lease.begin();
  await new Promise<void>((resolve) => afterTurns(clock, 2, resolve));
  if (!lease.isTaken()) return true;
  lease.end();
  return false;
}
