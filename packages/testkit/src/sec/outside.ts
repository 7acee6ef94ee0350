import type { createServer } from '@flooim/server';

/** The last code that went to a number. */
export const sentCodes = new Map<string, string>();

/** What only carriers can provide: codes go nowhere, and whoever comes from WeChat is new there. */
export const outside: Parameters<typeof createServer>[1] = {
  sms: { send: async (mobile, code) => void sentCodes.set(mobile, code) },
  weChat: {
    openIdOf: async () => `open-${Math.random()}`,
    urlLink: async () => 'https://wechat.example/page',
    officialAccountCode: async () => 'https://wechat.example/code',
    scannedBy: async (_appId, scene) => `open-${scene}`,
  },
};
