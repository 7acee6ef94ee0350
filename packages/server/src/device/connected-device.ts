import type { Vsn } from '@flooim/protocol';

/** Who speaks through a session: everything that frames are authorised by. */
export interface ConnectedDevice {
  readonly appId: string;
  readonly uid: number;
  readonly deviceSN: number;
  readonly vsn: Vsn;
}
