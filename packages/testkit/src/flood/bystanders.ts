import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BystanderAnswers, BystanderPlan, Figures } from './bystanders-process.ts';

const program = fileURLToPath(new URL('./bystanders-process.ts', import.meta.url));

/** The process of the bystanders, asked from here. */
export class Bystanders {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(plan: BystanderPlan) {
    this.#child = fork(program, [JSON.stringify(plan)], { execArgv: ['--conditions=flooim-source'] });
    this.#ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the bystanders ended with ${code}`);
    });
    this.#ended.catch(() => {});
  }

  /** What messages take while `meanwhile` lasts. */
  async measure(meanwhile: () => Promise<unknown>): Promise<Figures> {
    await this.#ask('begin');
    await meanwhile();
    return this.#ask('figures');
  }

  /** What they take when nothing else happens. */
  async quiet(ms: number): Promise<Figures> {
    // What was before has its after-effects.
    await sleep(ms / 4);
    return this.measure(() => sleep(ms));
  }

  judge(): Promise<BystanderAnswers['judge']> {
    return this.#ask('judge');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }

  async #ask<N extends keyof BystanderAnswers>(wanted: N): Promise<BystanderAnswers[N]> {
    const answered = new Promise<BystanderAnswers[N]>((resolve) => {
      this.#child.once('message', (answer) => resolve(answer as BystanderAnswers[N]));
    });
    this.#child.send(wanted);
    return Promise.race([answered, this.#ended]);
  }
}
