import { limits } from '@flooim/protocol';
import { AttemptLimit } from '../attempt-limit.ts';
import { ServerError } from '../error.ts';
import { numberKey } from './mobile-number.ts';

/** In minutes. */
const [hour, day] = [60, 24 * 60];
/** To one number a day, whoever asks and for whatever. */
const perNumber = 10;
/** Which part of what a network and an app may have sent may be asked for without a picture. */
const plainShare = { network: 3 / 10, app: 1 / 4 };

/** Who wants a message sent, and whether he has read a picture for it. */
export interface Asking {
  appId: string;
  network: string;
  kind: 'picture' | 'plain';
}

/** Messages in an hour. */
export interface SmsRates {
  /** Of one app. */
  smsPerHour: number;
  /** From one network, for a picture that was read. */
  smsPerAddress: number;
}

/**
 * Keeps strangers from using the server to send messages to others, and from spending what they cost: by number, by network
 * and by app. Asking without a picture has narrower limits of its own, so that it takes nothing from those who read one,
 * unless it is for their number.
 */
export class SmsLimits {
  readonly #recent: AttemptLimit;
  readonly #numbers: AttemptLimit;
  readonly #networks: Record<Asking['kind'], AttemptLimit>;
  readonly #apps: Record<Asking['kind'], AttemptLimit>;

  constructor({ smsPerHour, smsPerAddress }: SmsRates, clock: () => number) {
    const plain = shareOf(smsPerHour, plainShare.app);
    const inAnHour = (count: number) => atMost(count, hour, clock);
    this.#recent = new AttemptLimit(60_000 / limits.smsEveryMs, clock, 1);
    this.#numbers = atMost(perNumber, day, clock);
    this.#networks = {
      picture: inAnHour(smsPerAddress),
      plain: inAnHour(shareOf(smsPerAddress, plainShare.network)),
    };
    this.#apps = { picture: inAnHour(smsPerHour - plain), plain: inAnHour(plain) };
  }

  /** Counts a message, or throws and counts none. */
  take({ appId, network, kind }: Asking, mobile: string): void {
    const number = `${appId} ${numberKey(mobile)}`;
    const all: [AttemptLimit, string][] = [
      [this.#networks[kind], network],
      [this.#apps[kind], appId],
      // Last: whoever is refused before makes the server remember no numbers.
      [this.#recent, number],
      [this.#numbers, number],
    ];
    const refused = all.findIndex(([limit, key]) => !limit.take(key));
    if (refused < 0) return;
    for (const [limit, key] of all.slice(0, refused)) limit.giveBack(key);
    const [limit, key] = all[refused] as [AttemptLimit, string];
    throw new ServerError('tooManyAttempts', undefined, limit.waitMs(key));
  }
}

function shareOf(count: number, share: number): number {
  return Math.max(2, Math.floor(count * share));
}

/** At most `count` in any such time: half of them at once, and as many again over it. */
function atMost(count: number, minutes: number, clock: () => number): AttemptLimit {
  return new AttemptLimit(count / 2 / minutes, clock, Math.floor(count / 2));
}
