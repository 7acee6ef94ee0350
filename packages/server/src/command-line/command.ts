import type { Call } from './connection.ts';

/** The command line cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command was given. */
export interface Given {
  /** What followed its name; empty if nothing has to. */
  argument: string;
  /** In which app. */
  app: string;
  flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** What a command has to say: to people, and to machines. */
export interface Outcome {
  text: string;
  data: unknown;
}

/** One thing that an operator can do. */
export interface Command {
  /** What has to follow its name, as help shows it. */
  argument?: string;
  help: string;
  /** The value that each of its flags takes, as help shows it; empty for one that takes none. */
  flags?: Readonly<Record<string, string>>;
  run(call: Call, given: Given): Promise<Outcome>;
}
