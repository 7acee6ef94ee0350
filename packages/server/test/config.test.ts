import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { limits } from '@flooim/protocol';
import { describe, expect, it } from 'vitest';
import { ConfigError, defaultConfig, readConfig } from '../src/config.ts';
import { helpText } from '../src/help.ts';
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

describe('the settings of an S3 store', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG';
  const whole = { FLOOIM_S3_BUCKET: 'files', FLOOIM_S3_ACCESS_KEY_ID: 'AKIA1', FLOOIM_S3_SECRET_ACCESS_KEY: secret };

  it('are empty by default: files are on the disk', () => {
    expect(readConfig([], {}).s3Bucket).toBe('');
    const empty = { FLOOIM_S3_BUCKET: '', FLOOIM_S3_REGION: '', FLOOIM_S3_ADDRESSING: ' ' };
    expect(readConfig([], empty)).toEqual(defaultConfig());
  });

  it('need a bucket and credentials, no more', () => {
    expect(readConfig([], { ...whole, FLOOIM_S3_SECRET_ACCESS_KEY: ` ${secret}\n` })).toMatchObject({
      s3Bucket: 'files',
      s3Endpoint: '',
      s3Region: 'us-east-1',
      s3AccessKeyId: 'AKIA1',
      s3SecretAccessKey: secret,
      s3Prefix: '',
      s3Addressing: 'auto',
      s3PublicEndpoint: '',
    });
  });

  it('come from the file as well, the secret too', () => {
    const path = fileWith({
      s3Bucket: 'files',
      s3AccessKeyId: 'AKIA1',
      s3SecretAccessKey: secret,
      s3Prefix: 'im/chat',
    });
    expect(readConfig(['--config', path], {})).toMatchObject({ s3SecretAccessKey: secret, s3Prefix: 'im/chat' });
  });

  const names = {
    s3Bucket: '--s3-bucket (FLOOIM_S3_BUCKET)',
    s3AccessKeyId: '--s3-access-key-id (FLOOIM_S3_ACCESS_KEY_ID)',
    s3SecretAccessKey: '--s3-secret-access-key (FLOOIM_S3_SECRET_ACCESS_KEY)',
  };
  it.each<[object, string]>([
    [{ s3Bucket: 'files' }, `${names.s3AccessKeyId} and ${names.s3SecretAccessKey} must be given too`],
    [{ s3Bucket: 'files', s3AccessKeyId: 'AKIA1' }, `${names.s3SecretAccessKey} must be given too`],
    [{ s3AccessKeyId: 'AKIA1', s3SecretAccessKey: secret }, `${names.s3Bucket} must be given too`],
    [{ s3Endpoint: 'http://127.0.0.1:9000' }, `${names.s3Bucket} and`],
    [{ s3Region: 'eu-west-1' }, `${names.s3Bucket} and`],
    [{ s3Addressing: 'host' }, `${names.s3Bucket} and`],
  ])('are refused as a part: %j', (content, says) => {
    const path = fileWith(content);
    expect(() => readConfig(['--config', path], {})).toThrow(ConfigError);
    expect(() => readConfig(['--config', path], {})).toThrow(says);
  });

  it.each([
    ['FLOOIM_S3_BUCKET', `a/${secret}`],
    ['FLOOIM_S3_BUCKET', '..'],
    ['FLOOIM_S3_ENDPOINT', `http://a:${secret}@b`],
    ['FLOOIM_S3_ENDPOINT', 'http://b/path'],
    ['FLOOIM_S3_ENDPOINT', 'http://[b'],
    ['FLOOIM_S3_ENDPOINT', 's3.example.org'],
    ['FLOOIM_S3_REGION', secret],
    ['FLOOIM_S3_ACCESS_KEY_ID', `AKIA1 ${secret}`],
    ['FLOOIM_S3_SECRET_ACCESS_KEY', `AKIA1 ${secret}`],
    ['FLOOIM_S3_PREFIX', '../other'],
    ['FLOOIM_S3_PREFIX', '/im/'],
    ['FLOOIM_S3_ADDRESSING', secret],
    ['FLOOIM_S3_PUBLIC_ENDPOINT', secret],
  ])('are refused by name, and not repeated: %s', (key, value) => {
    const refused = refusalOf([], { ...whole, [key]: value });
    expect(refused).toContain(`(${key}) must`);
    expect(refused).not.toContain(secret);
  });

  it.each([
    ['a file that is not JSON', `{"s3SecretAccessKey": "${secret}" x}`],
    ['a file with one word too many', `{"s3SecretAccessKey": ${secret}}`],
    ['a file that says something else', `"${secret}"`],
  ])('are not shown by what is said of %s', (_what, content) => {
    const refused = refusalOf(['--config', fileWith(content)], {});
    expect(refused).toContain('config file');
    expect(refused).not.toContain(secret);
  });

  it('are in the help without their values', () => {
    expect(helpText()).toContain('--s3-secret-access-key');
    expect(helpText()).not.toContain(secret);
  });
});

it('Support staff is a list of names, each perhaps with what he is', () => {
  const read = (staff: string) => readConfig([], { FLOOIM_SUPPORT_STAFF: staff }).supportStaff;
  expect(read(' alice, bob:chatbot,,carol:official ')).toEqual(['alice', 'bob:chatbot', 'carol:official']);
  for (const wrong of ['bob:robot', 'bob:', 'bob:chatbot:x']) {
    expect(refusalOf([], { FLOOIM_SUPPORT_STAFF: wrong })).toContain('(FLOOIM_SUPPORT_STAFF) must');
  }
});

function refusalOf(...given: Parameters<typeof readConfig>): string {
  try {
    readConfig(...given);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return expect.fail('it was not refused as a setting');
}
