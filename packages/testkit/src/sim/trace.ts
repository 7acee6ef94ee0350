import {
  Command,
  decodeFrame,
  decodeProvision,
  decodeSyncDL,
  decodeSyncUL,
  decodeUnreadDL,
  type Frame,
} from '@flooim/protocol';

/** Everything that happens in a run, as one number; the lines themselves only where somebody wants to read them. */
export class Trace {
  readonly lines: string[] | undefined;
  #a = 0xdeadbeef;
  #b = 0x41c6ce57;
  readonly #now: () => number;

  constructor(now: () => number, keep: boolean) {
    this.#now = now;
    this.lines = keep ? [] : undefined;
  }

  note(who: string, what: string): void {
    const line = `${this.#now() % 100_000_000} ${who} ${what}`;
    for (let i = 0; i < line.length; i++) this.#mix(line.charCodeAt(i));
    this.lines?.push(line);
  }

  frame(who: string, way: '>' | '<', bytes: Uint8Array): void {
    this.#mix(this.#now() % 2 ** 31);
    for (const byte of bytes) this.#mix(byte);
    this.lines?.push(`${this.#now() % 100_000_000} ${who} ${way} ${describe(bytes, way)}`);
  }

  /** The same for the same run. */
  get hash(): string {
    return (this.#a >>> 0).toString(16).padStart(8, '0') + (this.#b >>> 0).toString(16).padStart(8, '0');
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 2654435761);
    this.#b = Math.imul(this.#b ^ value, 1597334677) ^ (this.#a >>> 13);
  }
}

function describe(bytes: Uint8Array, way: '>' | '<'): string {
  const frame = decodeFrame(bytes, { maxBytes: Number.POSITIVE_INFINITY });
  return JSON.stringify(payloadOf(frame, way), (_, value) => shown(value));
}

function payloadOf({ command, payload }: Frame, way: '>' | '<'): unknown {
  if (command === Command.PROVISION) return { provision: decodeProvision(payload) };
  if (payload.length === 0) return command === Command.UNREAD ? 'unread?' : 'alive';
  if (command === Command.UNREAD) return { unread: decodeUnreadDL(payload).unread };
  return way === '>' ? { up: decodeSyncUL(payload) } : { down: decodeSyncDL(payload) };
}

/** Without what says nothing. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return Buffer.from(value)
      .toString('latin1')
      .replaceAll(/[^ -~]/g, '.');
  return value === 0 || value === '' || value === false ? undefined : value;
}
