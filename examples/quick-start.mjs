// The README's quick start. With the server running, on a fresh data folder:
//
//     node_modules/.bin/node --conditions=flooim-source examples/quick-start.mjs
import { flooim } from 'flooim';

const im = flooim({ appid: 'flooim', dnsServer: 'http://127.0.0.1:4000/v2/app_dns' });
await im.rosterManage.asyncRegester({ username: 'ann', password: 'a long password' });
await im.rosterManage.asyncRegester({ username: 'bob', password: 'another password' });

im.on('onRosterMessage', (message) => console.log(`${message.from}: ${message.content}`));
await im.login({ name: 'ann', password: 'a long password' });

const bob = await im.rosterManage.asyncSearchRosterByName({ username: 'bob' });
im.sysManage.sendRosterMessage({ uid: bob.user_id, content: 'Hello, Bob!' });

// Messages wait in the queue until the server has them on disk: only then is it time to leave.
const outcome = await new Promise((resolve) => {
  im.on('onSendingMessageStatusChanged', ({ status }) => status !== 'sending' && resolve(status));
});
console.log(outcome);
await im.dispose();
