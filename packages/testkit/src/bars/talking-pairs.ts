import { check, type Violation } from '../checker.ts';
import { RawDevice, type RawDeviceOptions } from '../raw-device.ts';
import { readHistory, record } from '../record.ts';
import type { SeededUser } from '../seed-users.ts';

/** Pairs of users who talk to each other without pause, as fast as they are answered, through whatever happens. */
export class TalkingPairs {
  readonly devices: RawDevice[];
  acked = 0;
  #talking = false;
  #said = 0;
  readonly #window: number;

  /** Users 0 and 1 are a pair, 2 and 3, and so on. */
  constructor(url: string, users: readonly SeededUser[], options: RawDeviceOptions = {}) {
    this.#window = options.window ?? 16;
    this.devices = users.map((user) => new RawDevice(url, user, { window: this.#window, ...options }));
    for (const [i, device] of this.devices.entries()) {
      device.onSent = (send) => {
        if (send.outcome === 'sent') this.acked++;
        this.#say(i);
      };
    }
  }

  /** Every mid that anybody was told for something he said. */
  get acknowledged(): number[] {
    return this.devices.flatMap((device) => device.sends.flatMap((send) => send.mids));
  }

  start(): void {
    for (const device of this.devices) device.start();
  }

  talk(): void {
    this.#talking = true;
    for (const [i, device] of this.devices.entries()) {
      for (let n = device.unanswered; n < this.#window; n++) this.#say(i);
    }
  }

  /** Stops talking, waits until everything that was said is answered and everybody has everything. */
  async settle(timeoutMs = 60_000): Promise<void> {
    this.#talking = false;
    for (let i = 0; i < 2; i++) {
      await Promise.all(this.devices.map((device) => device.settle(timeoutMs)));
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const device of this.devices) device.refresh();
    }
    await Promise.all(this.devices.map((device) => device.settle(timeoutMs)));
  }

  /** Judges what happened; call it after `settle`. */
  async judge(data: string): Promise<Violation[]> {
    const history = await readHistory(this.devices);
    return check(record({ data, devices: this.devices, history }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.stop()));
  }

  #say(i: number): void {
    if (!this.#talking) return;
    const peer = this.devices[i ^ 1] as RawDevice;
    this.devices[i]?.say(peer.uid, `${++this.#said} from ${i}`);
  }
}
