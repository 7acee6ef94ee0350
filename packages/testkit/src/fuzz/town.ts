import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRunningServer } from '../../../server/src/data-folder.ts';
import { Database } from '../../../server/src/store/database.ts';
import { type SeededUser, seedGroup, seedUsers } from '../seed-users.ts';
import { type SpawnedServer, spawnServer } from '../spawn-server.ts';
import { temporaryFolder } from '../start-server.ts';
import { Bystanders } from './bystanders.ts';
import type { LoopDelay, ServerBug } from './measured-server.ts';

const program = fileURLToPath(new URL('./measured-server.ts', import.meta.url));
const groupCount = 12;
const groupMembers = 60;
/** Of no password that anyone knows. */
const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$d2hvIGV2ZXIgaXQgaXMh$Zmxvb2ltIHdpbGwgbmV2ZXIgbWF0Y2ggdGhpcyBvbmU';

/** A real server with users who do odd things, their groups, and two who do not. */
export class Town {
  readonly server: SpawnedServer;
  readonly users: readonly SeededUser[];
  readonly groups: readonly number[];
  readonly bystanders: Bystanders;
  readonly #data: string;
  readonly #delayFile: string;

  private constructor(server: SpawnedServer, data: string, delayFile: string, people: People) {
    this.server = server;
    this.users = people.users;
    this.groups = people.groups;
    this.bystanders = new Bystanders(server.url, people.bystanders);
    this.#data = data;
    this.#delayFile = delayFile;
  }

  static async build(userCount: number, bug?: ServerBug): Promise<Town> {
    const data = temporaryFolder('flooim-fuzz');
    const people = await settle(data, userCount);
    const delayFile = join(data, 'loop-delay.json');
    const server = await spawnServer({
      data,
      program,
      args: ['--admin-requests-per-sec', '1000000'],
      env: { FLOOIM_LOOP_DELAY: delayFile, ...(bug && { FLOOIM_SEEDED_BUG: bug }) },
    });
    return new Town(server, data, delayFile, people);
  }

  get operatorToken(): string {
    return readRunningServer(this.#data)?.operatorToken ?? '';
  }

  /** What is wrong with the server itself: it logs faults alone, and it has to be there still. */
  async judge(): Promise<string[]> {
    const { output, url } = this.server;
    const logged = output.split('\n').filter((line) => line !== '');
    const isThere = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    return [
      ...(isThere ? await this.bystanders.judge() : ['the server is not there any more']),
      ...logged.slice(0, 5).map((line) => `the server logged ${line.slice(0, 600)}`),
    ];
  }

  /** How late the server's event loop was until now. */
  get loopDelay(): LoopDelay {
    try {
      return JSON.parse(readFileSync(this.#delayFile, 'utf8')) as LoopDelay;
    } catch {
      return { p99: 0, max: 0 };
    }
  }

  async leave(): Promise<void> {
    await this.bystanders.stop();
    await this.server.close();
    rmSync(this.#data, { recursive: true, force: true });
  }
}

interface People {
  users: SeededUser[];
  groups: number[];
  bystanders: readonly [SeededUser, SeededUser];
}

async function settle(data: string, userCount: number): Promise<People> {
  const [one, other] = await seedUsers(data, 2, 'bystander');
  const users = await seedUsers(data, userCount, 'odd');
  const members = users.slice(0, groupMembers).map(({ uid }) => uid);
  // Everybody is in all of them, and each has another owner.
  const groups = members.slice(0, groupCount).map((owner) => {
    return seedGroup(data, [owner, ...members.filter((uid) => uid !== owner)]);
  });
  const db = new Database(join(data, 'flooim.db'), 'write');
  db.run('UPDATE user SET password_hash = ?', passwordHash);
  db.close();
  return { users, groups, bystanders: [one as SeededUser, other as SeededUser] };
}
