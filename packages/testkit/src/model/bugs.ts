import type { createServer } from '@flooim/server';
import type { CommandTable } from '../../../server/src/store/commands.ts';
import type { Database } from '../../../server/src/store/database.ts';
import { InlineExecutor } from '../../../server/src/store/inline-executor.ts';
import { writes } from '../../../server/src/writes.ts';

/** A bug on purpose that the model must find before its silence counts. */
export interface ModelBug {
  name: string;
  overrides: Parameters<typeof createServer>[1];
}

type Args<K extends keyof typeof writes> = Parameters<(typeof writes)[K]>[1];

/** The server as it is, but for one command. */
function bug<K extends keyof typeof writes>(
  name: string,
  command: K,
  change: (db: Database, args: Args<K>, real: (args: Args<K>) => unknown) => unknown,
): ModelBug {
  const real = writes[command] as (db: Database, args: Args<K>) => unknown;
  const changed = (db: Database, args: Args<K>) => change(db, args, (given) => real(db, given));
  const commands: CommandTable = { ...writes, [command]: changed };
  return { name, overrides: { executor: (path) => new InlineExecutor(path, commands) } };
}

export const modelBugs: readonly ModelBug[] = [
  bug('who is parted from stays a friend on the other side', 'roster.remove', (db, args, real) => {
    const result = real(args);
    db.run('UPDATE roster SET relation = 0 WHERE uid = ? AND peer = ? AND relation = 1', args.peer, args.uid);
    return result;
  }),
  bug('reading reaches two messages too far', 'message.read', (_db, args, real) => {
    const { operation } = args;
    return real({ ...args, operation: { ...operation, mid: operation.mid + 2 } });
  }),
  bug('what was deleted comes back on a new device', 'message.delete', (db, args, real) => {
    const result = real(args);
    db.run('DELETE FROM deleted_entry WHERE uid = ? AND mid = ?', args.entry.fromUid, args.operation.mid);
    return result;
  }),
  bug('a member who wants no messages of a group pulls them all the same', 'group.setMuteMode', (db, args, real) => {
    const result = real(args);
    db.run('DELETE FROM group_span WHERE gid = ? AND uid = ? AND kind = 1', args.gid, args.uid);
    return result;
  }),
];
