import { existsSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { makeBackup } from '../backup/make-backup.ts';
import type { Manifest } from '../backup/manifest.ts';
import { restore } from '../backup/restore.ts';
import { type Config, megabyte } from '../config.ts';
import type { Command, Given, Outcome } from './command.ts';
import { CommandError } from './connection.ts';

/** One thing that an operator does to a data folder itself, without a server. */
export interface FolderCommand extends Omit<Command, 'run'> {
  run(config: Config, given: Given): Promise<Outcome>;
}

export const folderCommands: Readonly<Record<string, FolderCommand>> = {
  backup: {
    argument: '<folder>',
    help: 'copy database, secrets and files into a new folder, while the server runs or not',
    async run({ data, s3Bucket }, { argument }) {
      if (!existsSync(join(data, 'flooim.db')))
        throw new CommandError(`${data} is not the data folder of a server: name it with --data (FLOOIM_DATA)`);
      // The server goes first.
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
      const made = await makeBackup({ data, filesIn: s3Bucket ? 's3' : 'data' }, argument);
      const { lacking } = made.files;
      if (lacking.length > 0)
        throw new CommandError(
          `${argument} is made, without ${lacking.length} files that ${data} does not have whole: ${lacking.slice(0, 5).join(', ')}`,
        );
      return { data: made, text: `${argument} holds ${contents(made)}` };
    },
  },
  restore: {
    argument: '<folder>',
    help: 'check a backup and make it the data folder, which has to be empty, or named by --replace',
    flags: { replace: '<folder>' },
    async run({ data }, { argument, flags }) {
      const { replace } = flags;
      const target = typeof replace === 'string' ? resolve(replace) : data;
      const restored = await restore(argument, target, { replace: typeof replace === 'string' });
      return { data: restored, text: `${target} holds ${contents(restored)}` };
    },
  },
};

function contents({ begunAt, counts, files }: Manifest): string {
  const where = files.where === 's3' ? 'in the S3 store' : `${Math.ceil(files.bytes / megabyte)} MB`;
  const { users, groups, entries } = counts;
  return `${users} users, ${groups} groups, ${entries} entries and ${counts.files} files (${where}) of ${begunAt}`;
}
