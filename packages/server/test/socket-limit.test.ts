import { RawClient, until } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type People, startPeople } from './support/rest.ts';

let people: People;
let open: WebSocket[] = [];
afterEach(async () => {
  for (const socket of open) socket.terminate();
  open = [];
  await people.close();
});

/** 101, or the status with which the door stayed shut. */
function knock(forwardedFor?: string): Promise<number | undefined> {
  const headers = forwardedFor ? { 'x-forwarded-for': forwardedFor } : {};
  const socket = new WebSocket(`${people.url.replace('http', 'ws')}/xsync`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => {
      open.push(socket);
      resolve(101);
    });
    socket.on('error', () => {});
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve(statusCode);
    });
  });
}

describe('realtime connections', () => {
  it('from one address are limited, and one that closes makes room', async () => {
    people = await startPeople({ socketsPerAddress: 2 });
    expect([await knock(), await knock(), await knock(), await knock()]).toEqual([101, 101, 429, 429]);
    open.shift()?.close();
    await until(async () => (await knock()) === 101, 'room for another connection');
    expect(await knock()).toBe(429);
  });

  it('count for their users once these are known, so that a house full of them comes in', async () => {
    people = await startPeople({ socketsPerAddress: 2 });
    const { url, alice, bob, carol } = people;
    for (const person of [alice, bob, carol]) {
      const { socket } = await RawClient.login(url, { ...person, guid: `${person.name}-phone` });
      open.push(socket);
    }
    expect([await knock(), await knock(), await knock()]).toEqual([101, 101, 429]);
    // One that has signed in makes no room a second time.
    open[0]?.terminate();
    await until(() => open[0]?.readyState === WebSocket.CLOSED, 'the end');
    expect(await knock()).toBe(429);
  });

  it('are counted by what a trusted proxy tells, the last hop alone', async () => {
    people = await startPeople({ socketsPerAddress: 1, trustProxy: true });
    expect([await knock('192.0.2.1'), await knock('192.0.2.2'), await knock('192.0.2.1')]).toEqual([101, 101, 429]);
    expect(await knock('192.0.2.9, 192.0.2.1')).toBe(429);
    expect([await knock('2001:db8::1'), await knock('2001:db8::2')]).toEqual([101, 429]);
  });

  it('are not counted by what a client makes up', async () => {
    people = await startPeople({ socketsPerAddress: 1 });
    expect([await knock('192.0.2.1'), await knock('192.0.2.2')]).toEqual([101, 429]);
  });
});
