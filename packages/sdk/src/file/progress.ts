/** How far an upload is: bytes that went out are told, bytes that arrived besides count as a step. */
export class Progress {
  readonly #total: number;
  readonly #tell: (res: { loaded: number; total: number }) => void;
  #told = 0;
  #arrived = 0;
  /** Grows with every step forward. */
  steps = 0;

  constructor(total: number, tell: (res: { loaded: number; total: number }) => void) {
    this.#total = total;
    this.#tell = tell;
  }

  /** After a cut some of them go out again. */
  sent(bytes: number): void {
    const loaded = Math.min(bytes, this.#total);
    if (loaded <= this.#told) return;
    this.#told = loaded;
    this.steps += 1;
    this.#tell({ loaded, total: this.#total });
  }

  /** The server has them. */
  arrived(bytes: number): void {
    if (bytes > this.#arrived) this.steps += 1;
    this.#arrived = Math.max(bytes, this.#arrived);
    this.sent(bytes);
  }
}
