import type { RawDevice } from './raw-device.ts';
import { pairLog, type ReadDatabase, readDatabase, systemLog } from './read-database.ts';
import type { DeviceLog, DeviceRecord, HistoryRecord, Run, SendRecord } from './run.ts';

/** Anything that can tell the recorder what it said and what it shows. */
export interface Recordable {
  uid: number;
  record(database: ReadDatabase): { device: DeviceRecord; sends: SendRecord[] };
}

export interface RecordOptions {
  /** The data folder; its server may be running. */
  data: string;
  devices: readonly (RawDevice | Recordable)[];
  history?: HistoryRecord[];
}

/** Gathers a run. Devices that are settled and connected count as complete. */
export function record({ data, devices, history = [] }: RecordOptions): Run {
  const database = readDatabase(data);
  const records = devices.map((device) => ('record' in device ? device.record(database) : recordRaw(device, database)));
  return {
    logs: database.logs,
    sends: records.flatMap((each) => each.sends),
    devices: records.map((each) => each.device),
    history,
    database: database.record,
  };
}

/** Whoever can read his conversations' history. */
export interface HistoryReader extends Pick<RawDevice, 'uid' | 'history'> {
  conversations: ReadonlyMap<number, unknown>;
}

/** The whole history of each device's conversations, as its user reads it. */
export async function readHistory(devices: readonly HistoryReader[]): Promise<HistoryRecord[]> {
  const histories = devices.map(async (device) => {
    const peers = [...device.conversations.keys()].filter((peer) => peer > 0);
    const pages: HistoryRecord[] = [];
    for (const peer of peers)
      pages.push({ uid: device.uid, log: pairLog(device.uid, peer), messages: await device.history(peer) });
    return pages;
  });
  return (await Promise.all(histories)).flat();
}

function recordRaw(device: RawDevice, database: ReadDatabase): { device: DeviceRecord; sends: SendRecord[] } {
  const { uid, deviceSN } = device;
  const since = database.devices.find((row) => row.uid === uid && row.deviceSN === deviceSN)?.firstMid ?? 0;
  const logs = [...device.conversations.values()].map(
    (conversation): DeviceLog => ({
      log: conversation.peer === 0 ? systemLog(uid) : pairLog(uid, conversation.peer),
      messages: conversation.messages,
      arrivals: conversation.arrivals,
      cursors: conversation.cursors,
      reads: conversation.reads,
    }),
  );
  const sends = device.sends.map((send) => ({ ...send, log: pairLog(uid, send.peer) }));
  return { device: { uid, deviceSN, since, complete: device.settled, logs }, sends };
}
