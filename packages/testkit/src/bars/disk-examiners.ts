import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Examination, Examined } from './examine-disk.ts';

const program = fileURLToPath(new URL('./examine-disk.ts', import.meta.url));

/** A process that starts costs as much as so many disks. */
const disksToShare = 10;

/** Processes that examine disks, at most as many as the machine runs at once. */
export class DiskExaminers {
  readonly #processes: ChildProcess[];

  /** `disks`: so many at one time. */
  constructor(disks: number) {
    const count = Math.max(1, Math.min(availableParallelism(), 4, Math.floor(disks / disksToShare)));
    this.#processes = Array.from({ length: count }, () => fork(program, { execArgv: ['--conditions=flooim-source'] }));
  }

  async examine({ disk, disks, acknowledged }: Examination): Promise<Examined> {
    const shares = this.#processes.map((_, p) => disks.filter((_each, i) => i % this.#processes.length === p));
    const examined = await Promise.all(
      this.#processes.map((process, p) => ask(process, { disk, disks: shares[p] ?? [], acknowledged })),
    );
    return {
      contents: examined.flatMap(({ contents }) => contents),
      faults: examined.flatMap(({ faults }) => faults),
    };
  }

  close(): void {
    for (const process of this.#processes) process.disconnect();
  }
}

function ask(process: ChildProcess, examination: Examination): Promise<Examined> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the process that examines disks ended with ${code}`));
    process.once('exit', ended);
    process.once('message', (examined) => {
      process.off('exit', ended);
      resolve(examined as Examined);
    });
    process.send(examination);
  });
}
