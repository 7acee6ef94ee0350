import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import { inParallel } from './in-parallel.ts';
import type { Pair } from './pair.ts';

const password = 'secret';
const room = 'crowd@rooms.localhost';
const text = 'The quick brown fox jumps over the lazy dog, again and again and again.';
const loginsAtOnce = 50;
const isMessage = '<message ';
/** How a client begins. */
export const open = `<stream:stream to='localhost' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;

/** A session over TCP that counts messages and understands nothing else: what costs it less leaves more to the server. */
export class XmppClient {
  readonly socket: Socket;
  readonly name: string;
  /** Called for each message that came. */
  onMessage = () => {};
  #heard = '';
  #waiting: { words: RegExp; done: (heard: string) => void } | undefined;
  #isUp = false;

  private constructor(socket: Socket, name: string) {
    this.socket = socket;
    this.name = name;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (part: string) => (this.#isUp ? this.#count(part) : this.#read(part)));
    socket.on('error', () => socket.destroy());
  }

  /** Makes the account where there is none, and logs in. A server that has just been started closes some connections. */
  static async login(url: string, name: string, tries = 10): Promise<XmppClient> {
    try {
      return await XmppClient.#login(url, name);
    } catch (error) {
      if (tries === 1) throw error;
      await sleep(500);
      return XmppClient.login(url, name, tries - 1);
    }
  }

  static async #login(url: string, name: string): Promise<XmppClient> {
    const { port, hostname } = new URL(url);
    const client = new XmppClient(connect(Number(port), hostname), name);
    await client.#ask(open, /<\/stream:features>/);
    const account = `<username>${name}</username><password>${password}</password>`;
    await client.#ask(
      `<iq type='set' id='r'><query xmlns='jabber:iq:register'>${account}</query></iq>`,
      /<iq [^>]*id='r'/,
    );
    const credentials = Buffer.from(`\0${name}\0${password}`).toString('base64');
    await client.#ask(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${credentials}</auth>`,
      /<success/,
    );
    await client.#ask(open, /<\/stream:features>/);
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind>`;
    await client.#ask(`<iq type='set' id='b'>${bind}</iq>`, /<iq [^>]*id='b'/);
    await client.#ask(`<presence/>`, /<presence/);
    client.#up();
    return client;
  }

  async join(): Promise<void> {
    this.#isUp = false;
    await this.#ask(
      `<presence to='${room}/${this.name}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`,
      /<subject/,
    );
    this.#up();
  }

  say(to: string, type: 'chat' | 'groupchat'): void {
    this.socket.write(`<message to='${to}' type='${type}'><body>${text}</body></message>`);
  }

  /** The first message that comes, before any is counted. */
  async hear(said: () => void): Promise<string> {
    this.#isUp = false;
    const heard = this.#hear(/<message [\s\S]*<\/message>/);
    said();
    const message = await heard;
    this.#up();
    return message;
  }

  #ask(words: string, answer: RegExp): Promise<string> {
    this.socket.write(words);
    return this.#hear(answer);
  }

  #hear(words: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { words, done: resolve };
      this.socket.once('close', () => reject(new Error(`closed while it waited for ${words}: ${this.#heard}`)));
    });
  }

  #read(part: string): void {
    this.#heard += part;
    if (!this.#waiting?.words.test(this.#heard)) return;
    const { done } = this.#waiting;
    this.#waiting = undefined;
    done(this.#heard);
    this.#heard = '';
  }

  #up(): void {
    this.#isUp = true;
    this.socket.removeAllListeners('close');
  }

  /** A message is counted when its beginning has come; what may be a part of one waits for the rest. */
  #count(part: string): void {
    const all = this.#heard + part;
    let from = 0;
    for (let at = all.indexOf(isMessage); at >= 0; at = all.indexOf(isMessage, from)) {
      from = at + isMessage.length;
      this.onMessage();
    }
    this.#heard = all.slice(Math.max(from, all.length - isMessage.length + 1));
  }
}

export async function openXmppPair(url: string, n: number): Promise<Pair> {
  const [from, to] = await Promise.all([XmppClient.login(url, `talker${n}`), XmppClient.login(url, `listener${n}`)]);
  const pair: Pair = {
    send: () => from.say(`${to.name}@localhost/bench`, 'chat'),
    onArrival: () => {},
    pulls: 0,
    close() {
      for (const { socket } of [from, to]) socket.destroy();
    },
  };
  // What is archived has an id there.
  const first = await to.hear(() => pair.send());
  if (!first.includes('<stanza-id')) throw new Error(`a message was not archived: ${first}`);
  to.onMessage = () => pair.onArrival();
  return pair;
}

/** Somebody and his listeners in one room. */
export async function openXmppRoom(url: string, size: number): Promise<Crowd> {
  const mouth = await XmppClient.login(url, 'mouth');
  await mouth.join();
  const names = Array.from({ length: size }, (_, i) => `member${i}`);
  const ears = await inParallel(names, loginsAtOnce, (name) => XmppClient.login(url, name));
  await inParallel(ears, 1, (ear) => ear.join());
  // The last ones are still told who is there.
  await sleep(1000);
  const crowd: Crowd = {
    size,
    send: () => mouth.say(room, 'groupchat'),
    onArrival: () => {},
    close() {
      for (const { socket } of [mouth, ...ears]) socket.destroy();
    },
  };
  for (const [i, ear] of ears.entries()) ear.onMessage = () => crowd.onArrival(i);
  return crowd;
}
