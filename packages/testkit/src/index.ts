export { check, summarize, type Violation, type ViolationKind } from './checker.ts';
export { AckBeforeCommit, ReorderingExecutor, SkippedFlush } from './faulty-executors.ts';
export { fingerprint } from './fingerprint.ts';
export { type HostileFile, hostileFiles } from './hostile-files.ts';
export { deployedTimes, type OldAccount, OldConnection, type OldTimes, quickTimes } from './old/old-connection.ts';
export { OldDevice, type OldDeviceOptions } from './old/old-device.ts';
export { png } from './png.ts';
export { FaultProxy, Link, type LinkMode } from './proxy.ts';
export { type Line, Quiet } from './quiet.ts';
export { Random } from './random.ts';
export { type Login, ProvisionRefused, RawClient } from './raw-client.ts';
export { type DeviceConversation, type Outgoing, RawDevice, type RawDeviceOptions } from './raw-device.ts';
export { type DoorName, openRawLine, type RawLine, type SocketIo, socketIoClient } from './raw-line.ts';
export { pairLog, type ReadDatabase, readDatabase, systemLog } from './read-database.ts';
export { type Recordable, type RecordOptions, readHistory, record } from './record.ts';
export { callRest, RestRefused } from './rest.ts';
export type * from './run.ts';
export { playScenario, type ScenarioOptions } from './scenario.ts';
export { SdkDevice, type SdkDeviceOptions } from './sdk-device.ts';
export { type SeededUser, seedGroup, seedPairs, seedUsers } from './seed-users.ts';
export { type SeededBug, seededBugs } from './seeded-bugs.ts';
export { ShadowDisk, shadowLibrary, slowFlushes } from './shadow.ts';
export { freePort, type SpawnedServer, type SpawnOptions, spawnServer } from './spawn-server.ts';
export { startServer, type TestServer, temporaryFolder, testConfig } from './start-server.ts';
export { type FaultKind, faultKinds, type StormOptions, storm } from './storm.ts';
export { type Tamper, type TamperedSession, TamperProxy } from './tamper-proxy.ts';
export {
  registerUsers,
  startUsers,
  type TestAccount,
  type TestUser,
  type TestUsers,
  type UserName,
  userNames,
} from './users.ts';
export { until } from './wait.ts';
