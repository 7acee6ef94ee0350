import type { UserListItem } from '@flooim/protocol';
import type { Command } from './command.ts';
import { type Call, CommandError } from './connection.ts';
import { choosePassword } from './password.ts';
import { readUid } from './read-uid.ts';
import { table } from './table.ts';

const pageSize = 200;
const passwordFlags = { 'password-stdin': '' };

/** What an operator does to the users of an app. */
export const userCommands: Readonly<Record<string, Command>> = {
  list: {
    help: 'all users of the app',
    async run(call, { app }) {
      const data = await allUsers(call, app);
      const rows = data.map((user) => [String(user.user_id), user.status === 0 ? 'normal' : 'disabled', user.username]);
      return { data, text: table(['UID', 'STATUS', 'NAME'], rows) };
    },
  },
  add: {
    argument: '<name>',
    help: 'make an account',
    flags: passwordFlags,
    async run(call, { argument, app, flags }) {
      const { password, shown, text } = await choosePassword(flags['password-stdin'] === true);
      const list = [{ username: argument, password }];
      const [made] = await call('userRegisterBatch', { list }, { appId: app });
      if (!made?.success) throw new CommandError(made?.reason ?? 'the account could not be made');
      const data = { user_id: made.user_id, username: made.username, ...shown };
      return { data, text: `${made.username} has the uid ${made.user_id}${text}` };
    },
  },
  disable: {
    argument: '<uid>',
    help: 'end the sessions of a user and let him in no more',
    async run(call, { argument, app }) {
      const data = await call('userDisable', { list: [readUid(argument)] }, { appId: app });
      return { data, text: `user ${argument} is disabled` };
    },
  },
  enable: {
    argument: '<uid>',
    help: 'let a disabled user in again',
    async run(call, { argument, app }) {
      const data = await call('userEnable', { list: [readUid(argument)] }, { appId: app });
      return { data, text: `user ${argument} is enabled` };
    },
  },
  delete: {
    argument: '<uid>',
    help: 'delete an account for ever',
    async run(call, { argument, app }) {
      const data = await call('userDelete', {}, { appId: app, uid: readUid(argument) });
      return { data, text: `user ${argument} is deleted` };
    },
  },
  password: {
    argument: '<uid>',
    help: 'give a user another password and end his sessions',
    flags: passwordFlags,
    async run(call, { argument, app, flags }) {
      const uid = readUid(argument);
      const { password, shown, text } = await choosePassword(flags['password-stdin'] === true);
      await call('userChangePasswordAdmin', { password }, { appId: app, uid });
      return { data: { user_id: uid, ...shown }, text: `user ${argument} has another password${text}` };
    },
  },
};

async function allUsers(call: Call, appId: string): Promise<UserListItem[]> {
  const users: UserListItem[] = [];
  for (let page = 1; users.length === (page - 1) * pageSize; page++) {
    users.push(...(await call('userList', { page_num: page, page_size: pageSize }, { appId })));
  }
  return users;
}
