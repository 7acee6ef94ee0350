import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy, storm, until } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let echo: Server;
let proxy: FaultProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.start(`http://127.0.0.1:${(echo.address() as { port: number }).port}`, { seed: 7 });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
});

async function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const seen = { chunks: [] as Buffer[], closed: false, socket, text: () => Buffer.concat(seen.chunks).toString() };
  socket.on('data', (bytes) => seen.chunks.push(bytes));
  socket.on('error', () => {});
  socket.on('close', () => {
    seen.closed = true;
  });
  await once(socket, 'connect');
  await until(() => proxy.links.size === clients.length, 'the link');
  return seen;
}

describe('the fault proxy', () => {
  test('passes bytes on, in both directions, whole', async () => {
    const { socket, text } = await client();
    const sent = 'x'.repeat(500_000);
    socket.write(sent);
    await until(() => text().length === sent.length, 'the echo');
    expect(text()).toBe(sent);
  });

  test('passes an end on', async () => {
    const one = await client();
    one.socket.end('bye');
    await until(() => one.closed, 'the end');
    expect(one.text()).toBe('bye');
  });

  test('cuts every link with a reset', async () => {
    const one = await client();
    const two = await client();
    proxy.cut();
    await until(() => one.closed && two.closed, 'the cut');
    expect(proxy.links.size).toBe(0);
  });

  test('swallows everything as a half-open connection does, and never heals', async () => {
    const one = await client();
    proxy.set({ kind: 'blackhole' });
    one.socket.write('lost');
    await sleep(100);
    expect(one.closed).toBe(false);
    expect(one.text()).toBe('');
    proxy.set({ kind: 'pass' });
    await until(() => one.closed, 'the cut of a link that lost bytes');
  });

  test('accepts new connections in a blackhole', async () => {
    proxy.set({ kind: 'blackhole' });
    const one = await client();
    one.socket.write('hello?');
    await sleep(50);
    expect(one.closed).toBe(false);
    expect(one.text()).toBe('');
  });

  test('stalls, and goes on where it was', async () => {
    const one = await client();
    proxy.set({ kind: 'stall' });
    one.socket.write('later');
    await sleep(50);
    expect(one.text()).toBe('');
    proxy.set({ kind: 'pass' });
    await until(() => one.text() === 'later', 'the rest');
  });

  test('is as slow as it is told', async () => {
    const one = await client();
    proxy.set({ kind: 'slow', bytesPerSec: 20_000 });
    const startedAt = performance.now();
    one.socket.write('x'.repeat(6000));
    await until(() => one.text().length === 6000, 'all of it');
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(200);
    expect(tookMs).toBeLessThan(3000);
  });

  test('slices into small writes', async () => {
    const one = await client();
    proxy.set({ kind: 'slice', maxBytes: 3 });
    one.socket.write('abcdefghijklmnopqrstuvwxyz');
    await until(() => one.text() === 'abcdefghijklmnopqrstuvwxyz', 'all of it');
    expect(one.chunks.length).toBeGreaterThan(5);
  });

  test('changes one link and not the others', async () => {
    const one = await client();
    const two = await client();
    [...proxy.links][0]?.set({ kind: 'stall' });
    one.socket.write('one');
    two.socket.write('two');
    await until(() => two.text() === 'two', 'the other link');
    expect(one.text()).toBe('');
  });

  test('keeps an abandoned link half-open, whatever comes', async () => {
    const one = await client();
    [...proxy.links][0]?.abandon();
    one.socket.write('lost');
    proxy.set({ kind: 'slice', maxBytes: 3 });
    proxy.set({ kind: 'pass' });
    proxy.cut();
    const two = await client();
    two.socket.write('two');
    await until(() => two.text() === 'two', 'the other link');
    expect(one.closed).toBe(false);
    expect(one.text()).toBe('');
  });

  test('brings each kind of fault in a storm', async () => {
    let isOver = false;
    const comingBack = (async () => {
      while (!isOver) {
        const socket = connect(proxy.port, '127.0.0.1').on('error', () => {});
        clients.push(socket);
        await new Promise((closed) => socket.on('close', closed));
      }
    })();
    const struck = await storm(proxy, { seed: 3, count: 20, faultMs: 20, calmMs: 80 });
    isOver = true;
    proxy.cut();
    await comingBack;
    expect(Object.keys(struck).sort()).toEqual(['cut', 'half-open', 'slice', 'slow', 'stall']);
    for (const times of Object.values(struck)) expect(times).toBeGreaterThan(0);
  });

  test('leaves links as they were after a storm', async () => {
    await storm(proxy, { seed: 3, count: 20, faultMs: 5, calmMs: 5 });
    const one = await client();
    one.socket.write('calm');
    await until(() => one.text() === 'calm', 'the echo');
  });
});
