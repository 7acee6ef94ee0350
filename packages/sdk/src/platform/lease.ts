import type { Leases } from './channel-locks.ts';
import type { Clock, Timer } from './platform.ts';

const renewMs = 2000;
const staleMs = 8000;

/** A name that a tab holds for as long as it says so every two seconds; eight seconds of silence end it. */
export interface Lease {
  /** Another tab holds it. */
  isTaken(): boolean;
  begin(): void;
  end(): void;
}

export const noLease: Lease = { isTaken: () => false, begin() {}, end() {} };

export function leaseOf({ keyValue, owner, leaving }: Leases, name: string, clock: Clock): Lease {
  const key = `${name}:lease`;
  let timer: Timer;
  const holder = (): { owner?: string; at?: number } => {
    try {
      return JSON.parse(keyValue.getItem(key) ?? '{}');
    } catch {
      return {};
    }
  };
  const isTaken = () => {
    const { owner: other, at = 0 } = holder();
    return other !== undefined && other !== owner && clock.now() - at < staleMs;
  };
  const begin = () => {
    try {
      keyValue.setItem(key, JSON.stringify({ owner, at: clock.now() }));
    } catch {
      // Tabs still answer each other.
    }
    timer = clock.setTimeout(() => isTaken() || begin(), renewMs);
  };
  const drop = () => {
    try {
      if (holder().owner === owner) keyValue.removeItem(key);
    } catch {
      // It ends by itself.
    }
  };
  const end = () => {
    clock.clearTimeout(timer);
    drop();
  };
  leaving?.(drop);
  return { isTaken, begin, end };
}
