import { limits } from '@flooim/protocol';
import { AdminService } from './admin/admin-service.ts';
import { AdminStore } from './admin/admin-store.ts';
import { AdminTokenService } from './admin/admin-token-service.ts';
import { AdminTokenStore } from './admin/admin-token-store.ts';
import { AppService } from './app/app-service.ts';
import { type App, AppStore } from './app/app-store.ts';
import type { BlobStore } from './blob/blob-store.ts';
import { DiskBlobStore } from './blob/disk-blob-store.ts';
import { createS3BlobStore } from './blob/s3-blob-store.ts';
import { type Config, megabyte } from './config.ts';
import { ConversationService } from './conversation/conversation-service.ts';
import { ConversationStateService } from './conversation/conversation-state-service.ts';
import { ConversationStore } from './conversation/conversation-store.ts';
import { CursorKeeper } from './conversation/cursor-keeper.ts';
import { DataFolderError, openDataFolder, type Secrets } from './data-folder.ts';
import { Delivery } from './delivery/delivery.ts';
import { Registry } from './delivery/registry.ts';
import { DeviceService } from './device/device-service.ts';
import { DeviceStore } from './device/device-store.ts';
import { DirectUploads } from './file/direct-uploads.ts';
import { FileLinks } from './file/file-links.ts';
import { FileService } from './file/file-service.ts';
import { FileStore } from './file/file-store.ts';
import { createPasses, type Passes } from './file/passes.ts';
import { ResumableUploads } from './file/resumable-uploads.ts';
import { SmallPictures } from './file/small-pictures.ts';
import { Sweeper } from './file/sweeper.ts';
import { UploadRights } from './file/upload-rights.ts';
import { UploadService } from './file/upload-service.ts';
import { UploadSlots } from './file/upload-slots.ts';
import { AnnouncementService } from './group/announcement-service.ts';
import { AnnouncementStore } from './group/announcement-store.ts';
import { GroupBanService } from './group/ban-service.ts';
import { BanStore } from './group/ban-store.ts';
import { GroupCodes } from './group/group-codes.ts';
import { GroupDelivery } from './group/group-delivery.ts';
import { GroupDirectory } from './group/group-directory.ts';
import { JoiningService } from './group/joining-service.ts';
import { JoiningStore } from './group/joining-store.ts';
import { ListLimit } from './group/list-limit.ts';
import { MembershipService } from './group/membership-service.ts';
import { MembershipStore } from './group/membership-store.ts';
import { GroupSettingsService } from './group/settings-service.ts';
import { SettingsStore } from './group/settings-store.ts';
import { SharedFileService } from './group/shared-file-service.ts';
import { SharedFileStore } from './group/shared-file-store.ts';
import { LinkService } from './handoff/link-service.ts';
import { LinkStore } from './handoff/link-store.ts';
import { SecretService } from './handoff/secret-service.ts';
import type { Patience } from './http/body-timeouts.ts';
import { createLog, type Logger } from './log.ts';
import { createMedia } from './media/create-media.ts';
import type { Media } from './media/media.ts';
import { MessageLog } from './message/message-log.ts';
import { MessageReader } from './message/message-reader.ts';
import { MessageRights } from './message/message-rights.ts';
import { MessageService } from './message/message-service.ts';
import { MessageStore } from './message/message-store.ts';
import { Operations } from './message/operations.ts';
import { MessageRequestService } from './message/request-service.ts';
import { ServiceMessages } from './message/service-messages.ts';
import { SingleMarks } from './message/single-marks.ts';
import { Captchas } from './mobile/captchas.ts';
import { MobileService } from './mobile/mobile-service.ts';
import { MobileStore } from './mobile/mobile-store.ts';
import type { SmsProvider } from './mobile/sms-provider.ts';
import { createSmsProvider } from './mobile/sms-webhook.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { PushService } from './push/push-service.ts';
import { PushStore } from './push/push-store.ts';
import { RateLimit, type RateLimits } from './rate-limit.ts';
import { RosterService } from './roster/roster-service.ts';
import { RosterStore } from './roster/roster-store.ts';
import { runBatch } from './store/batch.ts';
import type { Writer } from './store/commands.ts';
import { Database } from './store/database.ts';
import { type Executor, GroupCommit } from './store/group-commit.ts';
import { InlineExecutor } from './store/inline-executor.ts';
import { migrate } from './store/migrate.ts';
import { ThreadExecutor } from './store/thread-executor.ts';
import { LoginCodeService } from './token/login-code-service.ts';
import { LoginService } from './token/login-service.ts';
import { OneTimePasswords } from './token/one-time-passwords.ts';
import { Passwords } from './token/passwords.ts';
import { TokenService } from './token/token-service.ts';
import { TokenStore } from './token/token-store.ts';
import { LifecycleService } from './user/lifecycle-service.ts';
import { UserService } from './user/user-service.ts';
import { UserStore } from './user/user-store.ts';
import { VisitorService } from './user/visitor-service.ts';
import type { WeChatProvider } from './wechat/wechat-provider.ts';
import { WeChatService } from './wechat/wechat-service.ts';
import { WeChatStore } from './wechat/wechat-store.ts';
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
  readonly rateLimits: RateLimits;
  readonly registry: Registry;
  readonly delivery: Delivery;
  readonly apps: AppService;
  readonly tokens: TokenService;
  readonly adminTokens: AdminTokenService;
  readonly logins: LoginService;
  readonly loginCodes: LoginCodeService;
  readonly captchas: Captchas;
  readonly mobiles: MobileService;
  readonly users: UserService;
  readonly lifecycles: LifecycleService;
  readonly visitors: VisitorService;
  readonly links: LinkService;
  readonly secretTexts: SecretService;
  readonly pushes: PushService;
  readonly weChat: WeChatService;
  readonly administration: AdminService;
  readonly roster: RosterService;
  readonly groupDirectory: GroupDirectory;
  readonly groupDelivery: GroupDelivery;
  readonly memberships: MembershipService;
  readonly groupJoining: JoiningService;
  readonly groupSettings: GroupSettingsService;
  readonly groupBans: GroupBanService;
  readonly announcements: AnnouncementService;
  readonly sharedFiles: SharedFileService;
  readonly blobs: BlobStore;
  readonly passes: Passes;
  readonly files: FileService;
  readonly smallPictures: SmallPictures;
  readonly media: Media;
  readonly fileLinks: FileLinks;
  readonly uploads: UploadService;
  readonly uploadRights: UploadRights;
  readonly uploadSlots: UploadSlots;
  readonly resumables: ResumableUploads;
  readonly sweeper: Sweeper;
  /** Where files are until they have arrived whole. */
  readonly incomingFolder: string;
  readonly devices: DeviceService;
  readonly cursors: CursorKeeper;
  readonly conversations: ConversationService;
  readonly conversationState: ConversationStateService;
  readonly messages: MessageService;
  readonly serviceMessages: ServiceMessages;
  readonly messageRights: MessageRights;
  readonly messageRequests: MessageRequestService;
  readonly messageReader: MessageReader;
  /** Notes in the data folder where the server listens. */
  announce(url: string): void;
  /** Takes that back: somebody else may listen there next. */
  withdraw(): void;
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
  /** Keeps the bytes of files, perhaps in the store that is usual. */
  blobs?: (usual: BlobStore) => BlobStore;
  /** Carries codes in the place of the gateway that the settings name. */
  sms?: SmsProvider;
  patience?: Patience;
  /** The way to WeChat. By default there is none. */
  weChat?: WeChatProvider;
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
  const rateLimits = {
    writes: new RateLimit(config.messagesPerSec, config.messageBurst),
    reads: new RateLimit(limits.readsPerSec, limits.readBurst),
  };
  const base = { config, clock, log, secrets: folder.secrets, rateLimits, reader, writer, stopping: false };
  const services = buildServices(base, overrides);
  const files = buildFiles({ ...base, ...services }, folder, overrides);
  const close = async () => {
    services.apps.close();
    const steps = [
      // Both at once: each may wait for its store as long as the stop has time for.
      () => Promise.all([files.sweeper.close(), files.uploads.close()]),
      () => files.media.close(),
      () => services.cursors.close(),
      () => services.devices.writeLeft(),
      () => writer.close(),
      () => reader.close(),
      () => folder.release(),
    ];
    for (const step of steps) await attempt(step, log);
  };
  return Object.assign(base, services, files, { announce: folder.announce, withdraw: folder.withdraw, close });
}

/** What fails while the server goes down must not keep it from letting go of the rest. */
async function attempt(step: () => unknown, log: Logger): Promise<void> {
  try {
    await step();
  } catch (error) {
    log.error({ err: error }, 'something failed as the server closed');
  }
}

type Base = Pick<Context, 'config' | 'clock' | 'log' | 'secrets' | 'rateLimits' | 'reader' | 'writer'>;

function buildServices({ config, clock, log, secrets, rateLimits, reader, writer }: Base, overrides: Overrides) {
  const registry = new Registry();
  const [store, conversationStore] = [new MessageStore(reader, writer), new ConversationStore(reader, writer)];
  const singleMarks = new SingleMarks(store, (uid, peer) => conversationStore.logOf(uid, peer));
  const delivery = new Delivery({ registry, clock, singleMarks: (...told) => singleMarks.of(...told) });
  const passwords = new Passwords(clock);
  const apps = new AppService({ store: new AppStore(reader, writer), delivery, clock });
  const userStore = new UserStore(reader, writer);
  const tokens = new TokenService({ store: new TokenStore(reader, writer), apps, secrets, delivery, clock });
  const adminTokens = new AdminTokenService(new AdminTokenStore(reader, writer), secrets, clock);
  const roster = new RosterService({ store: new RosterStore(reader, writer), apps, delivery, clock });
  const groupDirectory = new GroupDirectory(reader);
  const groupDelivery = new GroupDelivery(groupDirectory, delivery);
  const inGroups = { groupDirectory, groupDelivery, clock };
  const groupSettings = new GroupSettingsService({ ...inGroups, store: new SettingsStore(reader, writer) });
  const codes = new GroupCodes(secrets.key);
  const listLimit = new ListLimit(clock);
  const groupJoining = new JoiningService({ ...inGroups, codes, listLimit, store: new JoiningStore(reader, writer) });
  const memberships = new MembershipService({
    ...inGroups,
    groupSettings,
    joining: groupJoining,
    listLimit,
    capacity: config.groupMembers,
    store: new MembershipStore(reader, writer),
  });
  const groupBans = new GroupBanService({ ...inGroups, groupSettings, store: new BanStore(reader, writer) });
  const announcements = new AnnouncementService({ ...inGroups, store: new AnnouncementStore(reader, writer) });
  const sharedFiles = new SharedFileService({ ...inGroups, store: new SharedFileStore(reader, writer) });
  const devices = new DeviceService({ store: new DeviceStore(reader, writer), tokens, delivery, clock });
  const ofUsers = { store: userStore, apps, passwords, tokens, roster, delivery, clock };
  const users = new UserService(ofUsers);
  const lifecycles = new LifecycleService({ ...ofUsers, writer, users, memberships });
  const visitors = new VisitorService({ ...ofUsers, staff: config.supportStaff });
  const administrators = { store: new AdminStore(reader), adminTokens };
  const administration = new AdminService({ ...administrators, apps, users, roster, delivery, log });
  const oneTimePasswords = new OneTimePasswords({ tokens, adminTokens, clock });
  const logins = new LoginService({ apps, users, passwords, oneTimePasswords, tokens });
  const captchas = new Captchas(clock);
  const mobiles = new MobileService({
    store: new MobileStore(reader, writer),
    users,
    oneTimePasswords,
    captchas,
    sms: overrides.sms ?? createSmsProvider(config, clock),
    smsRates: config,
    clock,
  });
  const loginCodes = new LoginCodeService({ users, oneTimePasswords, clock });
  const links = new LinkService({ store: new LinkStore(reader, writer), apps, clock });
  const secretTexts = new SecretService({ oneTimePasswords, clock });
  const pushes = new PushService(new PushStore(reader, writer));
  const weChatStore = new WeChatStore(reader, writer);
  const weChat = new WeChatService({ provider: overrides.weChat, store: weChatStore, users, oneTimePasswords, clock });
  const onError = (error: unknown) => log.error({ err: error }, 'cursors could not be written');
  const cursors = new CursorKeeper(conversationStore, delivery, clock, onError);
  const conversations = new ConversationService(conversationStore, cursors, delivery, clock);
  const known = { conversations, roster, delivery, clock };
  const conversationState = new ConversationStateService({ ...known, store: conversationStore });
  const rights = new MessageRights(roster, groupDirectory, clock);
  const messageLog = new MessageLog({ store, delivery, groupDelivery, clock });
  const operations = new Operations({ store, log: messageLog, rights, conversations, clock });
  const messages = new MessageService({ log: messageLog, operations, rights, conversations, delivery });
  const serviceMessages = new ServiceMessages({ ...known, store, messages, operations, log: messageLog, rights });
  const messageRequests = new MessageRequestService({
    serviceMessages,
    users,
    tokens,
    groupDirectory,
    rateLimits,
    clock,
  });
  const messageReader = new MessageReader({
    store,
    singleMarks,
    conversations,
    roster,
    groups: groupDirectory,
    rights,
  });
  return {
    registry,
    delivery,
    apps,
    tokens,
    adminTokens,
    administration,
    logins,
    loginCodes,
    captchas,
    mobiles,
    users,
    lifecycles,
    visitors,
    links,
    secretTexts,
    pushes,
    weChat,
    roster,
    groupDirectory,
    groupDelivery,
    memberships,
    groupJoining,
    groupSettings,
    groupBans,
    announcements,
    sharedFiles,
    devices,
    cursors,
    conversations,
    conversationState,
    messages,
    serviceMessages,
    messageRights: rights,
    messageRequests,
    messageReader,
  };
}

function buildFiles(
  {
    config,
    clock,
    log,
    secrets,
    reader,
    writer,
    messageRights,
    groupDirectory,
  }: Base & Pick<Context, 'messageRights' | 'groupDirectory'>,
  folder: ReturnType<typeof openDataFolder>,
  overrides: Overrides,
) {
  const passes = createPasses(secrets.key);
  const usual = config.s3Bucket ? createS3BlobStore(config) : new DiskBlobStore(folder.files);
  const blobs = overrides.blobs?.(usual) ?? usual;
  const store = new FileStore(reader, writer);
  const media = createMedia({ log });
  const [objects, slots] = [new OneAtATime(), new UploadSlots()];
  const resumables = new ResumableUploads(folder.incoming, clock);
  const directs = new DirectUploads({ store, blobs, folder: folder.incoming, clock });
  const rights = new UploadRights(messageRights, groupDirectory);
  return {
    uploads: new UploadService({
      store,
      blobs,
      media,
      resumables,
      directs,
      rights,
      slots,
      objects,
      largest: config.fileMb * megabyte,
      quota: config.userFileMb * megabyte,
      clock,
    }),
    uploadRights: rights,
    uploadSlots: slots,
    resumables,
    sweeper: new Sweeper({ store, blobs, resumables, objects, clock, log }),
    blobs,
    passes,
    media,
    files: new FileService({ store, clock }),
    smallPictures: new SmallPictures({ store, blobs, media, objects, folder: folder.incoming, clock, log }),
    fileLinks: new FileLinks(passes, config.publicUrl),
    incomingFolder: folder.incoming,
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
