import type { SupportLink } from '@flooim/protocol';
import type { Command, Outcome } from './command.ts';
import { readUid } from './read-uid.ts';
import { table } from './table.ts';

/** What an operator does to the links under which visitors find the users of an app. */
export const linkCommands: Readonly<Record<string, Command>> = {
  list: {
    help: 'all support links of the app',
    run: async (call, { app }) => tell(await call('linkList', {}, { appId: app })),
  },
  add: {
    argument: '<uid>',
    help: 'make a link under which visitors find a user',
    flags: { text: '<greeting>', type: '<word for clients>' },
    async run(call, { argument, app, flags }) {
      const { text, type } = flags;
      const more = { ...(typeof text === 'string' && { text }), ...(typeof type === 'string' && { type }) };
      return tell(await call('linkCreate', { user_id: readUid(argument), ...more }, { appId: app }));
    },
  },
  remove: {
    argument: '<link>',
    help: 'end a support link',
    async run(call, { argument, app }) {
      const data = await call('linkDelete', { link: argument }, { appId: app });
      return { data, text: `the link ${argument} has ended` };
    },
  },
};

function tell(data: SupportLink | SupportLink[]): Outcome {
  const rows = [data].flat().map((link) => [link.link, String(link.user_id), link.type, JSON.stringify(link.text)]);
  return { data, text: table(['LINK', 'UID', 'TYPE', 'TEXT'], rows) };
}
