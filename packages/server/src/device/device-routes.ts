import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { Listed } from '../http/envelope.ts';

type Served = 'deviceList' | 'deviceRemove' | 'deviceKick';

export function deviceRoutes({ devices, clock }: Pick<Context, 'devices' | 'clock'>): Pick<Handlers, Served> {
  return {
    deviceList: async (_request, { uid }) => new Listed(await devices.list(uid), { version: clock() }),

    async deviceRemove({ device_sn }, { uid }) {
      await devices.remove(uid, device_sn);
      return true;
    },

    async deviceKick({ device_sn }, { uid }) {
      if (device_sn === undefined) await devices.kickAll(uid);
      else await devices.kick(uid, device_sn);
      return true;
    },
  };
}
