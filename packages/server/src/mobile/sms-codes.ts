import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { limits } from '@flooim/protocol';
import { AttemptLimit } from '../attempt-limit.ts';
import { ServerError } from '../error.ts';
import { ExpiringMap } from '../token/expiring-map.ts';
import { numberKey } from './mobile-number.ts';

const codesAtOnce = 100_000;
/** Wrong codes from one network, at once and each minute, for whichever numbers. */
const wrongPerMin = 10;

interface Live {
  hash: Buffer;
  triesLeft: number;
}

/** The codes of text messages: one for each number of an app, the newest. They are in memory alone, and not as they are. */
export class SmsCodes {
  readonly #codes: ExpiringMap<Live>;
  readonly #wrong: AttemptLimit;
  /** So few codes there are that a bare hash would tell which one it is. */
  readonly #key = randomBytes(32);

  constructor(clock: () => number) {
    this.#codes = new ExpiringMap({ ttlMs: limits.smsCodeTtlMs, size: codesAtOnce, clock });
    this.#wrong = new AttemptLimit(wrongPerMin, clock);
  }

  create(appId: string, mobile: string): string {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const key = keyOf(appId, mobile);
    const live = { hash: this.#hashOf(key, code), triesLeft: limits.smsCodeTries };
    // It has to stand behind those that end before it.
    this.#codes.delete(key);
    if (this.#codes.add(key, live) === undefined) throw new ServerError('busy');
    return code;
  }

  /** Throws unless it is the number's code; from now on it is none. A number without a code looks like a wrong code. */
  take({ appId, network }: { appId: string; network: string }, mobile: string, code: string): void {
    this.#wrong.spend(network);
    const key = keyOf(appId, mobile);
    const said = this.#hashOf(key, code.trim());
    const live = this.#codes.get(key);
    if (live?.triesLeft === 0) throw new ServerError('tooManyAttempts');
    if (live) live.triesLeft--;
    if (!live || !timingSafeEqual(live.hash, said)) throw new ServerError('smsCodeWrong');
    this.#codes.delete(key);
    this.#wrong.giveBack(network);
  }

  #hashOf(key: string, code: string): Buffer {
    return createHmac('sha256', this.#key).update(`${key} ${code}`).digest();
  }
}

function keyOf(appId: string, mobile: string): string {
  return `${appId} ${numberKey(mobile)}`;
}
