import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMessageBody, MessageType, Namespace, StatusCode } from '@flooim/protocol';
import { type Login, RawClient } from '../raw-client.ts';

export interface AbuserOptions {
  url: string;
  login: Login;
  /** Whom he writes to. */
  peer: number;
  /** How many he tries each second. */
  messagesPerSec: number;
  requestsPerSec: number;
}

const lines = 16;
const everyMs = 10;
/** He does not even read what he asked for: on each line so many requests wait for their answers at most. */
const waitingAtMost = 500;

/** One signed-in user who sends messages and asks over REST as fast as he likes. */
export class Abuser {
  sent = 0;
  taken = 0;
  asked = 0;
  readonly #options: AbuserOptions;
  readonly #client: RawClient;
  readonly #lines: Line[];
  readonly #payload = encodeMessageBody({ type: MessageType.CHAT, content: 'and another one' });
  #clientMid = Date.now() * 1000;

  private constructor(options: AbuserOptions, client: RawClient) {
    this.#options = options;
    this.#client = client;
    client.onSync = ({ clientMid, status }) => {
      if (clientMid > 0 && status?.code === StatusCode.OK) this.taken++;
    };
    this.#lines = Array.from({ length: lines }, () => new Line(options.url, options.login.token));
  }

  static async open(options: AbuserOptions): Promise<Abuser> {
    return new Abuser(options, await RawClient.login(options.url, options.login));
  }

  get answered(): number {
    return this.#sum((line) => line.answered);
  }

  get refused(): number {
    return this.#sum((line) => line.refused);
  }

  /** Of the refusals, those that said when to come again. */
  get toldWhen(): number {
    return this.#sum((line) => line.toldWhen);
  }

  async flood(ms: number): Promise<void> {
    const { messagesPerSec, requestsPerSec } = this.#options;
    const [sent, asked, startedAt] = [this.sent, this.asked, performance.now()];
    for (let passed = 0; passed < ms; passed = performance.now() - startedAt) {
      for (const due = sent + (passed / 1000) * messagesPerSec; this.sent < due; this.sent++) this.#say();
      for (const due = asked + (passed / 1000) * requestsPerSec; this.asked < due; this.asked++)
        this.#lines[this.asked % lines]?.ask();
      await sleep(everyMs);
    }
  }

  close(): void {
    this.#client.terminate();
    for (const line of this.#lines) line.close();
  }

  #sum(of: (line: Line) => number): number {
    return this.#lines.reduce((sum, line) => sum + of(line), 0);
  }

  /** What the server does not read stays here: TCP alone would let it pile up. */
  #say(): void {
    if (this.#client.socket.bufferedAmount > waitingAtMost * 1000) return;
    const { peer } = this.#options;
    const meta = { id: ++this.#clientMid, to: { uid: peer }, ns: Namespace.MESSAGE, payload: this.#payload };
    this.#client.sync({ meta });
  }
}

/** Requests one behind the other, without waiting for answers: the cheapest way to ask much. */
class Line {
  answered = 0;
  refused = 0;
  toldWhen = 0;
  readonly #url: URL;
  readonly #request: string;
  #socket: Socket | undefined;
  #waiting = 0;
  #rest = '';

  constructor(url: string, token: string) {
    this.#url = new URL(url);
    const { hostname } = this.#url;
    this.#request = `GET /user/profile HTTP/1.1\r\nHost: ${hostname}\r\napp_id: flooim\r\naccess-token: ${token}\r\n\r\n`;
  }

  ask(): void {
    if (this.#waiting >= waitingAtMost) return;
    this.#waiting++;
    this.#socket ??= this.#connect();
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket?.destroy();
  }

  /** Whom the server has cut off comes back at once. */
  #connect(): Socket {
    const socket = connect(Number(this.#url.port), this.#url.hostname);
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#take(String(text)));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#waiting = 0;
      this.#rest = '';
    });
    return socket;
  }

  /** Whole answers alone: a head may come in two parts. */
  #take(text: string): void {
    const heads = (this.#rest + text).split('HTTP/1.1 ');
    this.#rest = `HTTP/1.1 ${heads.pop()}`;
    for (const head of heads) if (head) this.#count(head);
  }

  #count(answer: string): void {
    this.#waiting--;
    this.answered++;
    if (!answer.startsWith('429')) return;
    this.refused++;
    if (/\r\nretry-after: \d+/i.test(answer) && answer.includes('"retry_after_ms":')) this.toldWhen++;
  }
}
