import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@flooim/testkit';
import type { Cores } from './cores.ts';

/** A process under load, as the system accounts for it. */
export interface Usage {
  /** User and system time of all threads. */
  cpuUs: number;
  rssBytes: number;
}

/** Something to put load on, in a process of its own. */
export interface Target {
  url: string;
  pid: number;
  close(): Promise<void>;
}

const tickUs = 10_000;

export function usageOf(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuUs: (Number(fields[11]) + Number(fields[12])) * tickUs,
    rssBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024,
  };
}

/** The most that a process had in memory since `forgetPeak`. */
export function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The processes that one has started and that still run. */
export function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((each) => parentOf(each) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** Command words that keep the server on its core, when that was asked for. */
export function serverPrefix(pin: Cores | undefined): string[] {
  return pin ? ['taskset', '-c', String(pin.server)] : [];
}

const relays = {
  ws: new URL('./relay.ts', import.meta.url),
  /** Over the library. */
  'socket.io': new URL('./socketio-relay.ts', import.meta.url),
  /** Over the server's Socket.IO door. */
  door: new URL('./door-relay.ts', import.meta.url),
};

export function startRelay(pin: Cores | undefined, over: keyof typeof relays = 'ws'): Promise<Target> {
  return startBare(relays[over], pin);
}

/** A program that takes a port first; it is there when it answers a GET. */
export async function startBare(file: URL, pin: Cores | undefined, more: readonly string[] = []): Promise<Target> {
  const port = await freePort();
  const program = fileURLToPath(file);
  const [command, ...args] = [...serverPrefix(pin), process.execPath, program, String(port), ...more];
  const child: ChildProcess = spawn(command as string, args, { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ),
    `${program} to listen`,
  );
  return {
    url,
    pid: child.pid ?? 0,
    async close() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** How many files this process may open. */
export function openFilesLimit(): number {
  return Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
}
