import { AppService } from './app/app-service.ts';
import { type App, AppStore } from './app/app-store.ts';
import type { Config } from './config.ts';
import { ConversationService } from './conversation/conversation-service.ts';
import { ConversationStore } from './conversation/conversation-store.ts';
import { CursorKeeper } from './conversation/cursor-keeper.ts';
import { DataFolderError, openDataFolder, type Secrets } from './data-folder.ts';
import { Delivery } from './delivery/delivery.ts';
import { Registry } from './delivery/registry.ts';
import { DeviceService } from './device/device-service.ts';
import { DeviceStore } from './device/device-store.ts';
import { GroupDelivery } from './group/group-delivery.ts';
import { GroupDirectory } from './group/group-directory.ts';
import { createLog, type Logger } from './log.ts';
import { MessageReader } from './message/message-reader.ts';
import { MessageService } from './message/message-service.ts';
import { MessageStore } from './message/message-store.ts';
import { RosterService } from './roster/roster-service.ts';
import { RosterStore } from './roster/roster-store.ts';
import { runBatch } from './store/batch.ts';
import type { Writer } from './store/commands.ts';
import { Database } from './store/database.ts';
import { type Executor, GroupCommit } from './store/group-commit.ts';
import { InlineExecutor } from './store/inline-executor.ts';
import { migrate } from './store/migrate.ts';
import { ThreadExecutor } from './store/thread-executor.ts';
import { LoginService } from './token/login-service.ts';
import { Passwords } from './token/passwords.ts';
import { TokenService } from './token/token-service.ts';
import { TokenStore } from './token/token-store.ts';
import { UserService } from './user/user-service.ts';
import { UserStore } from './user/user-store.ts';
import { writes } from './writes.ts';

/** What the server's parts are built from, made once. */
export interface Context {
  readonly config: Config;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Logger;
  readonly secrets: Secrets;
  /** Reads only, in this thread. */
  readonly reader: Database;
  readonly writer: Writer;
  readonly registry: Registry;
  readonly delivery: Delivery;
  readonly apps: AppService;
  readonly tokens: TokenService;
  readonly logins: LoginService;
  readonly users: UserService;
  readonly roster: RosterService;
  readonly groupDirectory: GroupDirectory;
  readonly groupDelivery: GroupDelivery;
  readonly devices: DeviceService;
  readonly cursors: CursorKeeper;
  readonly conversations: ConversationService;
  readonly messages: MessageService;
  readonly messageReader: MessageReader;
  /** Whether the server is on its way down. */
  stopping: boolean;
  /** Waits for what is being written, then lets go of the data folder. */
  close(): Promise<void>;
}

/** What tests put in place of the real parts. */
export interface Overrides {
  clock?: () => number;
  log?: Logger;
  /** Writes to the database at this path. */
  executor?: (path: string) => Executor;
  /** Must not return to normal service. By default the process ends. */
  onFlushFailure?: (text: string) => void;
}

/** The app that every server has from its first start. */
const firstApp: Pick<App, 'appId' | 'name'> = { appId: 'flooim', name: 'flooim' };

/** Opens the data folder, brings its schema up to date, and builds every part on it. */
export function createContext(config: Config, overrides: Overrides = {}): Context {
  const folder = openDataFolder(config.data);
  try {
    return buildContext(config, overrides, folder);
  } catch (error) {
    folder.release();
    throw error;
  }
}

function buildContext(config: Config, overrides: Overrides, folder: ReturnType<typeof openDataFolder>): Context {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? createLog(config.logLevel);
  prepareDatabase(folder.database, clock);
  const reader = new Database(folder.database, 'read');
  const executor = overrides.executor?.(folder.database) ?? createExecutor(config, folder.database);
  const writer = new GroupCommit(executor, overrides.onFlushFailure ?? endProcess(log));
  const base = { config, clock, log, secrets: folder.secrets, reader, writer, stopping: false };
  const services = buildServices(base);
  const close = async () => {
    const steps = [() => services.cursors.close(), () => writer.close(), () => reader.close(), () => folder.release()];
    for (const step of steps) await attempt(step, log);
  };
  return Object.assign(base, services, { close });
}

/** What fails while the server goes down must not keep it from letting go of the rest. */
async function attempt(step: () => void | Promise<void>, log: Logger): Promise<void> {
  try {
    await step();
  } catch (error) {
    log.error({ err: error }, 'something failed as the server closed');
  }
}

type Base = Pick<Context, 'config' | 'clock' | 'log' | 'secrets' | 'reader' | 'writer'>;

function buildServices({ clock, log, secrets, reader, writer }: Base) {
  const registry = new Registry();
  const delivery = new Delivery(registry, clock);
  const passwords = new Passwords(clock);
  const apps = new AppService(new AppStore(reader));
  const userStore = new UserStore(reader, writer);
  const tokens = new TokenService({ store: new TokenStore(reader, writer), apps, secrets, delivery, clock });
  const roster = new RosterService({ store: new RosterStore(reader, writer), apps, delivery, clock });
  const groupDirectory = new GroupDirectory(reader);
  const groupDelivery = new GroupDelivery(groupDirectory, delivery);
  const devices = new DeviceService(new DeviceStore(reader, writer), delivery, clock);
  const users = new UserService({
    store: userStore,
    apps,
    passwords,
    tokens,
    roster,
    delivery,
    clock,
  });
  const logins = new LoginService({ users, passwords, tokens });
  const conversationStore = new ConversationStore(reader, writer);
  const onError = (error: unknown) => log.error({ err: error }, 'cursors could not be written');
  const cursors = new CursorKeeper(conversationStore, delivery, clock, onError);
  const conversations = new ConversationService(conversationStore, cursors, delivery, clock);
  const messageStore = new MessageStore(reader, writer);
  const messages = new MessageService({ store: messageStore, conversations, roster, delivery, clock });
  const messageReader = new MessageReader(messageStore, conversations, roster);
  return {
    registry,
    delivery,
    apps,
    tokens,
    logins,
    users,
    roster,
    groupDirectory,
    groupDelivery,
    devices,
    cursors,
    conversations,
    messages,
    messageReader,
  };
}

function prepareDatabase(path: string, clock: () => number): void {
  try {
    migrate(path);
  } catch (error) {
    throw new DataFolderError(`the database ${path} cannot be used: ${(error as Error).message}`);
  }
  const db = new Database(path, 'write');
  const job = { name: 'app.create', args: { ...firstApp, time: clock() } };
  const [outcome] = runBatch(db, writes, [job]);
  db.close();
  if (!outcome?.ok) throw new Error(`the first app cannot be made: ${outcome?.failure.text}`);
}

function createExecutor(config: Config, path: string): Executor {
  if (config.writer === 'inline') return new InlineExecutor(path, writes);
  return new ThreadExecutor(path, new URL('./writer-thread.ts', import.meta.url));
}

/** After a failed flush nobody knows what is on disk: starting anew reads it. */
function endProcess(log: Logger): (text: string) => void {
  return (text) => {
    log.fatal({ cause: text }, 'the database could not be flushed to disk; the server ends');
    console.error(`flooim: the database could not be flushed to disk (${text}): check the disk, then start again`);
    process.exit(1);
  };
}
