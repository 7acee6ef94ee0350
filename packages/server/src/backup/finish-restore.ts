import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { flush } from './flush.ts';
import { parts } from './manifest.ts';

/** Where a backup is that was checked and has to be put in place: from this name on there is no way back. */
export const restoredName = 'restored';

/** As long as the restored database is not in place, these are of the replaced one. */
const ofOld = [`${parts.database}-wal`, `${parts.database}-shm`, 'incoming'];
/** The database last: with it, all is in place. */
const ofNew = [parts.files, parts.secret, parts.database];

/** Puts a restored backup in place, from wherever that was interrupted; the folder must be locked. What was there stays beside it. */
export function finishRestore(data: string): void {
  const restored = join(data, restoredName);
  if (!existsSync(restored)) return;
  const replaced = join(restored, 'replaced');
  const putAside = (name: string) => {
    if (existsSync(join(data, name))) renameSync(join(data, name), join(replaced, name));
  };
  if (existsSync(join(restored, parts.database))) {
    mkdirSync(replaced, { recursive: true, mode: 0o700 });
    for (const name of ofOld) putAside(name);
    for (const name of ofNew.filter((each) => existsSync(join(restored, each)))) {
      putAside(name);
      flush(replaced);
      renameSync(join(restored, name), join(data, name));
      flush(data);
    }
  }
  keepReplaced(data, replaced);
  rmSync(restored, { recursive: true });
  flush(data);
}

function keepReplaced(data: string, replaced: string): void {
  if (!existsSync(replaced)) return;
  if (readdirSync(replaced).length === 0) rmdirSync(replaced);
  else renameSync(replaced, join(data, `replaced-${new Date().toISOString().replaceAll(':', '-')}`));
}
