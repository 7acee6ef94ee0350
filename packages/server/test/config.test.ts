import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { limits } from '@flooim/protocol';
import { describe, expect, it } from 'vitest';
import { ConfigError, defaultConfig, readConfig } from '../src/config.ts';
import { newFolder } from './support/rest.ts';

function fileWith(content: unknown): string {
  const path = `${newFolder()}.json`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('settings', () => {
  it('have defaults that are safe for a first try', () => {
    expect(readConfig([], {})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: '',
      trustProxy: false,
      messagesPerSec: limits.messagesPerSec,
    });
    expect(readConfig([], {})).toEqual(defaultConfig());
  });

  it('come from flags, then the environment, then the file, then the defaults', () => {
    const config = fileWith({ port: 1, host: '0.0.0.0', writer: 'inline' });
    const env = { FLOOIM_PORT: '2', FLOOIM_HOST: '127.0.0.2', FLOOIM_CONFIG: config };
    expect(readConfig(['--port', '3'], env)).toMatchObject({ port: 3, host: '127.0.0.2', writer: 'inline' });
  });

  it.each([
    ['not JSON', '{', 'config file'],
    ['a setting that nobody knows', { prot: 1 }, 'prot'],
    ['a value out of range', { port: 70_000 }, '--port (FLOOIM_PORT)'],
  ])('in a file with %s are refused by name', (_what, content, named) => {
    const path = fileWith(content);
    expect(() => readConfig(['--config', path], {})).toThrow(ConfigError);
    expect(() => readConfig(['--config', path], {})).toThrow(named);
  });
});
