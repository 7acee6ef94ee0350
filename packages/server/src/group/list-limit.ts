import { AttemptLimit } from '../attempt-limit.ts';

/** Users whom somebody's requests may concern in a minute. */
const usersPerMin = 60_000;
/** What a request costs besides, in users. */
const perRequest = 20;

/** Lists of thousands are work for the writer, for whom everybody waits: nobody has him work through them all the time. */
export class ListLimit {
  readonly #attempts: AttemptLimit;

  constructor(clock: () => number) {
    this.#attempts = new AttemptLimit(usersPerMin, clock);
  }

  /** Counts a request that concerns so many users; throws when it is too much. */
  count(uid: number, users: number): void {
    this.#attempts.spend(String(uid), perRequest + users);
  }
}
