import type { KeyValue, PlatformOptions } from 'flooim';
import type { Random } from '../random.ts';
import { Disk } from './sim-database.ts';
import type { VirtualTime } from './virtual-time.ts';

type Locks = NonNullable<PlatformOptions['locks']>;

/** What an application was told of a message that it sent. */
export interface Said {
  uid: number;
  peer: number;
  content: string;
  clientMid: number;
  outcome: 'sending' | 'sent' | 'failed';
  mids: number[];
  reason: string;
  /** The device had it on its disk when the application was told of it. */
  isStored: boolean;
  /** The user threw it away. */
  isDropped: boolean;
}

/**
 * One store of one user, with what was told to applications out of it, whichever page had it open. One that could not be
 * written any more begins anew with the next page: that page knows less.
 */
export class Home {
  readonly uid: number;
  readonly name: string;
  readonly said = new Map<number, Said>();
  /** By conversation: mids in the order in which they were told as new. */
  readonly arrivals = new Map<number, number[]>();
  /** Known without having been told: out of the store, or of the history. */
  readonly untold = new Set<number>();
  /** Its disk failed: what became of things is not certain any more. */
  isBroken = false;

  constructor(uid: number, name: string) {
    this.uid = uid;
    this.name = name;
  }
}

/** One browser of a user's: its disk, its locks and what all of its tabs share. */
export class Browser {
  readonly uid: number;
  readonly name: string;
  readonly disk: Disk;
  readonly keyValue: KeyValue = keyValue();
  /** Of all homes that there ever were. */
  readonly homes: Home[] = [];
  /** How wrong its clock is. */
  skewMs = 0;
  /** Whether its disk ever failed. */
  hadFaults = false;
  readonly #locks = new Map<string, object>();
  readonly #present = new Map<string, Home>();

  constructor(uid: number, name: string, time: VirtualTime, random: Random) {
    this.uid = uid;
    this.name = name;
    this.disk = new Disk(time, random);
  }

  /** `navigator.locks` of one page. */
  locksOf(page: object): Locks {
    return {
      request: async (name, _options, hold) => {
        if (this.#locks.has(name)) return hold(null);
        this.#locks.set(name, page);
        this.#enter(name);
        try {
          return await hold({ name });
        } finally {
          if (this.#locks.get(name) === page) this.#locks.delete(name);
        }
      },
    };
  }

  /** The database that the page has claimed; undefined where it lives in memory. */
  databaseOf(page: object): string | undefined {
    for (const [name, holder] of this.#locks) if (holder === page) return name;
    return undefined;
  }

  releaseAll(page: object): void {
    for (const [name, holder] of this.#locks) if (holder === page) this.#locks.delete(name);
  }

  home(name: string): Home {
    const present = this.#present.get(name);
    if (present) return present;
    const home = new Home(this.uid, `${this.name} ${name}`);
    this.#present.set(name, home);
    this.homes.push(home);
    return home;
  }

  /** Who opens what another page broke knows what is on the disk, and no more. */
  #enter(name: string): void {
    if (this.#present.get(name)?.isBroken) this.#present.delete(name);
  }
}

export function keyValue(): KeyValue {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
