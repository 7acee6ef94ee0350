import { checkFilled, checkObject } from './check.ts';
import type { FlooimConfig } from './config.ts';
import { FlooError } from './errors.ts';
import type { Platform } from './platform/platform.ts';

/** The DNS server's URL. Throws `INVALID_CONFIG` or `UNSUPPORTED` for what would fail later. */
export function checkConfig(config: FlooimConfig, platform: Platform): string {
  asConfig(() => checkFilled(config.appid, 'config.appid'));
  if (config.storage !== undefined && config.storage !== 'indexeddb' && config.storage !== 'memory') {
    throw bad('config.storage', `config.storage must be 'indexeddb' or 'memory'`);
  }
  if (config.transport !== undefined && config.transport !== 'websocket' && config.transport !== 'socketio') {
    throw bad('config.transport', `config.transport must be 'websocket' or 'socketio'`);
  }
  for (const name of ['deviceName', 'sessionName'] as const) {
    if (config[name] !== undefined) asConfig(() => checkFilled(config[name], `config.${name}`));
  }
  if (!platform.WebSocket) throw noWebSocket();
  return dnsServer(config, platform);
}

export function checkConfigObject(config: FlooimConfig): void {
  asConfig(() => checkObject(config, 'config'));
}

function dnsServer(config: FlooimConfig, platform: Platform): string {
  const { dnsServer } = config;
  if (dnsServer === undefined) {
    if (platform.origin) return `${platform.origin}/v2/app_dns`;
    throw bad('config.dnsServer', 'config.dnsServer is required where there is no page: the URL ending in /v2/app_dns');
  }
  asConfig(() => checkFilled(dnsServer, 'config.dnsServer'));
  if (/^https?:\/\//.test(dnsServer) && URL.canParse(dnsServer)) return dnsServer;
  throw bad('config.dnsServer', 'config.dnsServer must be an http or https URL');
}

function noWebSocket(): FlooError {
  const text = 'this runtime has no WebSocket: give flooim() one as config.WebSocket, or use Node 22 or later';
  return new FlooError('UNSUPPORTED', text, { field: 'config.WebSocket' });
}

function asConfig(check: () => void): void {
  try {
    check();
  } catch (error) {
    const { field = 'config', message } = error as FlooError;
    throw bad(field, message);
  }
}

function bad(field: string, message: string): FlooError {
  return new FlooError('INVALID_CONFIG', message, { field });
}
