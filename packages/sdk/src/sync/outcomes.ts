import type { Status } from '@flooim/protocol';
import { FlooError } from '../errors.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { SentMessage } from '../types.ts';
import { errorCategory, refusal } from './refusal.ts';

interface Waiting {
  resolve(sent: SentMessage): void;
  reject(error: FlooError): void;
}

/** The promises of those who wait for what the server says to a send; they outlive reconnects, not the instance's login. */
export class Outcomes {
  readonly #waiting = new Map<number, Waiting>();

  /** Of a send that was just made. */
  of(clientMid: number): Promise<SentMessage> {
    return new Promise((resolve, reject) => this.#waiting.set(clientMid, { resolve, reject }));
  }

  /** The server has it on disk. */
  taken(sent: SentMessage, tx: Transaction): void {
    tx.afterwards(() => this.#take(sent.clientMid)?.resolve(sent));
  }

  refused(clientMid: number, status: Status, tx: Transaction): void {
    const category = errorCategory(status.code);
    const code = category === 'MESSAGE' ? 'REJECTED' : category;
    tx.afterwards(() => this.#take(clientMid)?.reject(new FlooError(code, refusal(status), { status: status.code })));
  }

  /** It will not be sent. */
  canceled(clientMid: number, reason: string): void {
    this.#take(clientMid)?.reject(new FlooError('CANCELED', reason));
  }

  /** The session is over. What was stored is sent in the next one, with nobody waiting. */
  cancelAll(reason: string): void {
    for (const clientMid of [...this.#waiting.keys()]) this.canceled(clientMid, reason);
  }

  #take(clientMid: number): Waiting | undefined {
    const waiting = this.#waiting.get(clientMid);
    this.#waiting.delete(clientMid);
    return waiting;
  }
}
