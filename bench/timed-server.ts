/**
 * The real server, which notes what it takes to answer: a frame from its arrival, a request from its head, until the answer is
 * handed to the socket. At SIGUSR2 it writes what it noted since to the file that FLOOIM_TIMINGS names. Only for one client that
 * asks one thing after the other.
 */
import { subscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { RateLimit } from '../packages/server/src/rate-limit.ts';
import type { Timing } from './timings.ts';

let noted: Timing[] = [];
let began: { ms: number; cpu: NodeJS.CpuUsage } | undefined;

function begin(): void {
  began = { ms: performance.now(), cpu: process.threadCpuUsage() };
}

function end(): void {
  if (!began) return;
  const { user, system } = process.threadCpuUsage(began.cpu);
  noted.push({ ms: performance.now() - began.ms, cpuMs: (user + system) / 1000 });
  began = undefined;
}

const { emit } = WebSocket.prototype;
WebSocket.prototype.emit = function (this: WebSocket, ...args: Parameters<typeof emit>) {
  if (args[0] === 'message') begin();
  return emit.apply(this, args);
};
subscribe('http.server.request.start', begin);
// Whichever way the server speaks, this is where its words leave it.
const { write } = Socket.prototype;
Socket.prototype.write = function (this: Socket, ...args: unknown[]) {
  const isTaken = Reflect.apply(write, this, args);
  end();
  return isTaken;
};

// How much one user may read cannot be set, and who reads more waits.
RateLimit.prototype.take = () => 0;

process.on('SIGUSR2', () => {
  const file = process.env['FLOOIM_TIMINGS'] as string;
  writeFileSync(`${file}.new`, JSON.stringify(noted));
  renameSync(`${file}.new`, file);
  noted = [];
});

await import(new URL('../packages/server/bin/flooim.js', import.meta.url).href);
