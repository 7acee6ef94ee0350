interface Answer<T> {
  at: number;
  value: Promise<T>;
}

/**
 * Remembers for a while what was answered: who asks again under the same key gets the first answer, also while that is still
 * being made. An error is no answer: who asks again then tries again. In memory only; the oldest go when there are too many.
 */
export class AnsweredOnce<T> {
  readonly #forMs: number;
  readonly #atMost: number;
  readonly #clock: () => number;
  readonly #answers = new Map<string, Answer<T>>();

  constructor({ forMs, atMost }: { forMs: number; atMost: number }, clock: () => number) {
    this.#forMs = forMs;
    this.#atMost = atMost;
    this.#clock = clock;
  }

  once(key: string, act: () => Promise<T>): Promise<T> {
    this.#forgetOld();
    const known = this.#answers.get(key);
    if (known) return known.value;
    const answer = { at: this.#clock(), value: act() };
    this.#answers.set(key, answer);
    answer.value.catch(() => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
    });
    return answer.value;
  }

  /** They stand in the order in which they were made. */
  #forgetOld(): void {
    const since = this.#clock() - this.#forMs;
    for (const [key, { at }] of this.#answers) {
      if (at > since && this.#answers.size < this.#atMost) return;
      this.#answers.delete(key);
    }
  }
}
