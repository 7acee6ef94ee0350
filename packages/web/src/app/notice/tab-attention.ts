const waitMs = 150;

type Word = { ask: number; cid: number } | { looking: number };

/** Whether a person has the conversation before him in this tab. */
export type IsLookingAt = (cid: number) => boolean;

/** Lets the tabs of one account know of each other. */
export class TabAttention {
  readonly #channel: BroadcastChannel;
  readonly #isLookingAt: IsLookingAt;
  readonly #asked = new Map<number, () => void>();
  #lastAsk = 0;

  constructor(uid: number, isLookingAt: IsLookingAt) {
    this.#isLookingAt = isLookingAt;
    this.#channel = new BroadcastChannel(`flooim.attention.${uid}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => this.#heard(data);
  }

  #heard(word: Word): void {
    if ('looking' in word) this.#asked.get(word.looking)?.();
    else if (this.#isLookingAt(word.cid)) this.#channel.postMessage({ looking: word.ask });
  }

  /** Whether anybody looks at it, in this tab or in another one; those have a moment to say so. */
  async isSeen(cid: number): Promise<boolean> {
    if (this.#isLookingAt(cid)) return true;
    const ask = ++this.#lastAsk + Math.random();
    const seen = await new Promise<boolean>((resolve) => {
      this.#asked.set(ask, () => resolve(true));
      setTimeout(() => resolve(false), waitMs);
      this.#channel.postMessage({ ask, cid });
    });
    this.#asked.delete(ask);
    return seen;
  }

  close(): void {
    this.#channel.close();
  }
}
