import { connect, type Socket } from 'node:net';
import { startServer, type TestServer, until } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, join, standingClock } from './support/rest.ts';

let server: TestServer;
const lines: Line[] = [];
afterEach(async () => {
  for (const line of lines.splice(0)) line.close();
  await server.close();
});

/** A connection that does not wait for answers. */
class Line {
  isClosed = false;
  readonly #socket: Socket;
  #text = '';

  constructor() {
    const { hostname, port } = new URL(server.url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text) => {
      this.#text += text;
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
    lines.push(this);
  }

  /** In one piece. */
  ask(path: string, times: number, token = ''): void {
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\napp_id: flooim\r\naccess-token: ${token}\r\n\r\n`.repeat(times),
    );
  }

  answers(status: number): number {
    return this.#text.split(`HTTP/1.1 ${status} `).length - 1;
  }

  close(): void {
    this.#socket.destroy();
  }
}

describe('a connection', () => {
  it('on which too many requests wait for answers at once is cut off', async () => {
    server = await startServer({});
    const line = new Line();
    line.ask('/api/health', 32);
    await until(() => line.answers(200) === 32, 'answers to what is not too much');
    line.ask('/api/health', 33);
    await until(() => line.isClosed, 'the connection to be cut');
    expect(line.answers(200)).toBeLessThan(65);
    const other = new Line();
    other.ask('/api/health', 1);
    await until(() => other.answers(200) === 1, 'an answer on another connection');
  });

  it('of a user who floods is read no more for a while, and cut if it has sent more than it waited for', async () => {
    server = await startServer({ trustProxy: false, userRequestsPerSec: 1 }, { clock: standingClock() });
    const [alice, bob] = [await join(server.url, 'alice'), await join(server.url, 'bob')];
    await ask(server.url, 'userProfile', {}, { token: alice.token });
    const flood = Array.from({ length: 8 }, () => new Line());
    const patient = new Line();
    for (const line of flood) line.ask('/user/profile', 30, alice.token);
    await until(() => flood.some((line) => line.answers(429) > 0), 'the first refusals');
    patient.ask('/user/profile', 1, alice.token);
    await until(() => patient.answers(429) === 1, 'a refusal');
    patient.ask('/user/profile', 1, alice.token);
    expect((await ask(server.url, 'userProfile', {}, { token: bob.token })).code).toBe(200);
    await until(() => flood.filter((line) => line.isClosed).length > 2, 'connections to be cut');
    await until(() => patient.answers(429) === 2, 'a refusal for the patient one');
    expect(patient.isClosed).toBe(false);
  });
});
