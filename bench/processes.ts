import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@flooim/testkit';

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

/** Command words that keep the server on the first core, when that was asked for. */
export function serverPrefix(pin: boolean): string[] {
  return pin ? ['taskset', '-c', '0'] : [];
}

/** Moves this process, the generator, to the second core. */
export function pinGenerator(): void {
  execFileSync('taskset', ['-a', '-cp', '1', String(process.pid)], { stdio: 'ignore' });
}

export async function startRelay(pin: boolean): Promise<Target> {
  const port = await freePort();
  const program = fileURLToPath(new URL('./relay.ts', import.meta.url));
  const [command, ...args] = [...serverPrefix(pin), process.execPath, program, String(port)];
  const child: ChildProcess = spawn(command as string, args, { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ),
    'the relay to listen',
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
