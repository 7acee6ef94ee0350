import { hash, verify } from '@node-rs/argon2';
import { AttemptLimit } from '../attempt-limit.ts';
import { Turns } from './turns.ts';

/** argon2id, 19 MiB, two passes: about 20 ms of one core. */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };
/** Of no password that anyone knows, at the same cost: an unknown user takes as long as a known one. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$d2hvIGV2ZXIgaXQgaXMh$Zmxvb2ltIHdpbGwgbmV2ZXIgbWF0Y2ggdGhpcyBvbmU';

const atOnce = 2;
/** In one app, of its people and of its services each. */
const waitingAtMost = 200;
/** Wrong passwords for one account from one place, at once and each minute. */
const failuresPerMin = 10;
/** From all places together: so many that a stranger alone does not lock the owner out. */
const accountFailuresPerMin = 100;

/** What wrong passwords are counted by. */
export interface Attempt {
  appId: string;
  /** Whose password it is, and for what. */
  account: string;
  /** Where it comes from: an address, or a token. */
  from: string;
}

/**
 * Hashes passwords, few at once: a storm of logins must not starve messages. Nor must one app starve the others, or its
 * services its people.
 */
export class Passwords {
  readonly #failures: AttemptLimit;
  readonly #accountFailures: AttemptLimit;
  readonly #turns = new Turns({ atOnce, waitingAtMost });

  constructor(clock: () => number) {
    this.#failures = new AttemptLimit(failuresPerMin, clock);
    this.#accountFailures = new AttemptLimit(accountFailuresPerMin, clock);
  }

  /** The PHC string to keep. */
  hash(appId: string, password: string, by: 'person' | 'service' = 'person'): Promise<string> {
    return this.#turns.take(`${by} ${appId}`, () => hash(password, cost));
  }

  /** Whether it is the password behind the hash that was kept; never for nobody's or for none, after the same time. */
  async check(attempt: Attempt, kept: string | undefined, password: string): Promise<boolean> {
    return this.#turns.take(`person ${attempt.appId}`, async () => {
      // Asked in turn, so that many right ones at once do not look like failures.
      this.#countFailure(attempt);
      const isRight = (await verify(kept || nobodysHash, password)) && Boolean(kept);
      if (isRight) this.#uncountFailure(attempt);
      return isRight;
    });
  }

  #countFailure({ account, from }: Attempt): void {
    this.#failures.spend(`${account} ${from}`);
    this.#accountFailures.spend(account);
  }

  #uncountFailure({ account, from }: Attempt): void {
    this.#failures.giveBack(`${account} ${from}`);
    this.#accountFailures.giveBack(account);
  }
}
