import type { Database } from './database.ts';

/**
 * A write is a command: a function of a database and plain arguments, run inside a transaction by the one writer, which
 * may live in another thread. It checks first and writes after; expected refusals are results, a throw is a bug or
 * a full disk and undoes it.
 */
// biome-ignore lint/suspicious/noExplicitAny: the table holds commands of every shape; `bindCommands` gives the types back.
export type Command = (db: Database, args: any) => unknown;
export type CommandTable = Readonly<Record<string, Command>>;

/**
 * The same commands as their callers see them: asynchronous, resolved when the write is on disk. `atOnce` is called
 * with the result before any later write is heard of: what is delivered there leaves in the order of the log.
 */
export type Bound<T extends CommandTable> = {
  readonly [K in keyof T]: (
    args: Parameters<T[K]>[1],
    atOnce?: (result: ReturnType<T[K]>) => void,
  ) => Promise<ReturnType<T[K]>>;
};

/** Takes commands to the writer. The callback comes after the flush that makes the write durable. */
export interface Writer {
  submit(name: string, args: unknown, done: (error: Error | undefined, result: unknown) => void): void;
  close(): Promise<void>;
}

/** Gives a feature's store its own commands, typed. */
export function bindCommands<T extends CommandTable>(writer: Writer, table: T): Bound<T> {
  const bind = (name: string) => (args: unknown, atOnce?: (result: unknown) => void) =>
    new Promise((resolve, reject) => {
      writer.submit(name, args, (error, result) => {
        if (error) return reject(error);
        atOnce?.(result);
        resolve(result);
      });
    });
  return Object.fromEntries(Object.keys(table).map((name) => [name, bind(name)])) as Bound<T>;
}
