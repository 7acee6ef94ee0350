import { RawDevice } from '../raw-device.ts';
import type { SeededUser } from '../seed-users.ts';
import { until } from '../wait.ts';

const sayEveryMs = 20;

/** Two well-behaved users who talk to each other all the time, whatever others do. */
export class Bystanders {
  readonly #devices: readonly [RawDevice, RawDevice];
  readonly #timer: NodeJS.Timeout;
  #said = 0;

  constructor(url: string, [one, other]: readonly [SeededUser, SeededUser]) {
    this.#devices = [new RawDevice(url, one), new RawDevice(url, other)];
    for (const device of this.#devices) device.start();
    this.#timer = setInterval(() => this.#say(), sayEveryMs);
  }

  /** Ends the talk; gives what is wrong with it: each message was to be taken, and to arrive once and in order. */
  async judge(): Promise<string[]> {
    clearInterval(this.#timer);
    const [one, other] = this.#devices;
    const isWhole = () => faultsOf(one, other).length + faultsOf(other, one).length === 0;
    await until(isWhole, 'the talk to arrive', { timeoutMs: 20_000, everyMs: 50 }).catch(() => {});
    return [...faultsOf(one, other), ...faultsOf(other, one), ...(this.#said === 0 ? ['nothing was said'] : [])];
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#devices.map((device) => device.stop()));
  }

  #say(): void {
    const [one, other] = this.#said % 2 === 0 ? this.#devices : this.#devices.toReversed();
    one?.say((other as RawDevice).uid, `${++this.#said}`);
  }
}

function faultsOf(sender: RawDevice, receiver: RawDevice): string[] {
  if (sender.stopped) return [`a bystander was sent away: ${sender.stopped}`];
  const notSent = sender.sends.filter(({ outcome }) => outcome !== 'sent').length;
  const mids = sender.sends.flatMap((send) => send.mids);
  const arrived = new Set(receiver.conversation(sender.uid).arrivals);
  const lost = mids.filter((mid) => !arrived.has(mid)).length;
  const arrivals = receiver.conversation(sender.uid).arrivals;
  const isInOrder = arrivals.every((mid, i) => i === 0 || mid > (arrivals[i - 1] as number));
  return [
    ...(notSent > 0 ? [`${notSent} messages of a bystander were not sent`] : []),
    ...(lost > 0 ? [`${lost} messages did not reach a bystander`] : []),
    ...(isInOrder ? [] : ['messages reached a bystander twice, or not in order']),
  ];
}
