import { startServer } from '@flooim/testkit';
import { expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { ask, join, password } from './support/rest.ts';

it('The log, at its most talkative, holds no password, no token and nothing that users wrote', async () => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  const server = await startServer({}, { log });
  const alice = await join(server.url, 'alice');
  await ask(server.url, 'tokenByName', { name: 'alice', password: 'wrong-horse-7' });
  await ask(server.url, 'userProfileUpdate', { nick_name: 'written-by-a-user' }, { token: alice.token });
  await fetch(`${server.url}/user/profile?app_id=flooim&access-token=${alice.token}`);
  await fetch(`${server.url}/user/profile`, { method: 'POST', body: `{"password":"${password}"` });
  server.context.users.profile = () => Promise.reject(new Error('a fault'));
  await ask(server.url, 'userProfile', {}, { token: alice.token });
  const config = { s3SecretAccessKey: 'secret-of-the-store', smsSecret: 'secret-of-the-gateway' };
  log.info({ password, user: { token: alice.token }, headers: { a: password }, config }, 'by mistake');
  await server.close();

  const text = lines.join('');
  for (const line of lines) JSON.parse(line);
  expect(text).toContain('/user/register/v2');
  expect(text).toContain('a fault');
  const written = ['written-by-a-user', 'secret-of-the-store', 'secret-of-the-gateway'];
  for (const secret of [password, 'wrong-horse-7', alice.token, ...written]) expect(text).not.toContain(secret);
});
