import type { When } from './story.ts';

const minuteMs = 60_000;
/** Whatever is told in minutes comes after the evening before, also for those who look after midnight. */
const todayMs = 4 * 60 * minuteMs;

/** What is still to happen, in the order of its time; what is at the same time, in the order in which it was told. */
export class Moments {
  /** The time that the server of the demo is at, in ms since the epoch. */
  now: number;
  readonly #present: number;
  readonly #planned: { at: number; happens: () => Promise<unknown> }[] = [];

  constructor(present: number) {
    this.#present = present;
    this.now = present;
  }

  plan(when: When, happens: () => Promise<unknown>): void {
    this.#planned.push({ at: this.#timeOf(when), happens });
  }

  /** Lets everything happen, each at its time, then it is the present. */
  async pass(): Promise<void> {
    for (const { at, happens } of this.#planned.sort((a, b) => a.at - b.at)) {
      this.now = Math.max(this.now, at);
      await happens();
    }
    this.now = this.#present;
  }

  /** Goes back to begin. */
  rewind(when: When): void {
    this.now = this.#timeOf(when);
  }

  #timeOf(when: When): number {
    if (when.endsWith('m')) return this.#present - Number(when.slice(0, -1)) * minuteMs;
    const [, days, hours, minutes] = /^(\d+)d (\d+):(\d+)$/.exec(when) as unknown as string[];
    const day = new Date(this.#present - todayMs);
    day.setDate(day.getDate() - Number(days));
    return day.setHours(Number(hours), Number(minutes), 0, 0);
  }
}
