import type { Motif, Scenery } from './paint.ts';
import type { Name } from './people.ts';

/** When something happens: `3d 18:05` three days ago by the clock on the wall, `25m` so many minutes ago. */
export type When = `${number}d ${number}:${number}` | `${number}m`;

export interface Text {
  text: string;
  markdown?: true;
  /** The key of what it answers. */
  reply?: string;
}

export interface Mention {
  mention: readonly Name[] | 'all';
  text: string;
}

export type Words =
  | Text
  | Mention
  | { picture: Scenery; name: string }
  | { voiceSec: number; pitch: number }
  | { document: string; headline: string; lines: readonly string[] }
  | { place: string; lat: number; lon: number }
  | { record: readonly string[]; title: string };

export interface Line {
  at: When;
  from: Name;
  says: string | Words;
  /** For those that answer or forward it. */
  key?: string;
}

export interface Chat {
  with: Name;
  lines: readonly Line[];
  /** Sam read it to the end, though he did not answer. */
  seen?: true;
  pinned?: true;
  muted?: true;
  draft?: string;
}

export interface Group extends Omit<Chat, 'with'> {
  name: string;
  about: string;
  avatar: readonly [Motif, string, string];
  owner: Name;
  admins?: readonly Name[];
  members: readonly Name[];
  made: When;
  announcements?: readonly { at: When; from: Name; title: string; content: string }[];
  shared?: { at: When; from: Name; name: string; headline: string; lines: readonly string[] };
  /** Everybody can find it. */
  isPublic?: true;
}

const line = (at: When, from: Name, says: Line['says'], key?: string): Line => ({ at, from, says, key });

const ridgeAtDawn: Scenery = {
  colours: ['3d5a9c', 'f6c6a5', 'a48fb5', '24304f', 'fff0d0'],
  sun: [0.68, 0.36],
  seed: 1,
};
const lakeAtNoon: Scenery = {
  colours: ['4f9fd8', 'dcf0f2', '8fb8a8', '1f5a44', 'fffbe8'],
  sun: [0.3, 0.16],
  seed: 2,
  lake: true,
};
const eveningLake: Scenery = {
  colours: ['2b2f63', 'f08a5d', '7d5a8c', '1c1c3c', 'ffd9a0'],
  sun: [0.44, 0.4],
  seed: 3,
  lake: true,
};
const autumnHills: Scenery = {
  colours: ['8cc0d8', 'fbe9c4', 'd8a25c', '7a3f22', 'fff6d8'],
  sun: [0.8, 0.2],
  seed: 4,
};
const moonlight: Scenery = {
  colours: ['0b1230', '3c4f86', '33436f', '080d20', 'e8eeff'],
  sun: [0.22, 0.2],
  seed: 5,
  lake: true,
};

const releaseNotes = `## Release 2.4

- **Search** finds words inside attachments
- Uploads go on after a cut
- ~~Old importer~~ removed

Try it:

\`\`\`ts
const page = await im.sysManage.requireHistoryMessage(uid, 0, 50);
for (const message of page.messages) console.log(message.content);
\`\`\`

Details are in the [changelog](https://example.org/changelog).`;

export const groups: readonly Group[] = [
  {
    name: 'Product team',
    about: 'What we build, when, and why it is late.',
    avatar: ['rings', 'e07a5f', '2b5f86'],
    owner: 'anna',
    admins: ['sam', 'omar'],
    members: ['sam', 'omar', 'mei', 'wei', 'priya', 'tom', 'jun'],
    made: '5d 09:00',
    pinned: true,
    announcements: [
      {
        at: '4d 10:00',
        from: 'anna',
        title: 'Release 2.4 on Thursday',
        content: 'Code freeze on Wednesday at noon. What is not merged by then goes into 2.5.',
      },
      { at: '2d 09:05', from: 'sam', title: '周会改到周二', content: '本周起，周会改到每周二上午十点，地点不变。' },
    ],
    shared: {
      at: '3d 11:20',
      from: 'priya',
      name: 'Interview notes.pdf',
      headline: 'Interview notes',
      lines: [
        'Eleven people, forty minutes each.',
        'What they want most: to find what was said last month.',
        'What they fear most: to lose what they have typed.',
      ],
    },
    lines: [
      line('5d 09:04', 'anna', 'Morning everyone, this is where 2.4 happens.'),
      line('5d 09:06', 'omar', 'Staging is green. For now.'),
      line('5d 09:15', 'sam', 'Good. I will have the list of what is left before lunch.'),
      line('4d 10:02', 'anna', {
        mention: 'all',
        text: '@all The freeze is on Wednesday, please read the announcement.',
      }),
      line('4d 10:10', 'wei', '收到，上传续传的改动今天合并。'),
      line('4d 14:31', 'mei', { picture: autumnHills, name: 'start-page.png' }, 'draft'),
      line('4d 14:32', 'mei', '首页背景的新稿，大家看看颜色会不会太暖？'),
      line('4d 14:40', 'sam', { text: 'I like the warm one. It looks like October.', reply: 'draft' }),
      line('4d 14:41', 'jun', '我也喜欢这个！'),
      line(
        '3d 11:22',
        'priya',
        'Notes from the interviews are in the shared files. The short version: people want search.',
        'search',
      ),
      line(
        '3d 11:30',
        'omar',
        { text: 'Search it is. The index is ready, it only needs a door.', reply: 'search' },
        'door',
      ),
      line('2d 16:45', 'anna', { text: releaseNotes, markdown: true }, 'notes'),
      line('2d 16:50', 'tom', 'Reads well. Who checks the link?'),
      line('2d 16:52', 'sam', 'I did. It works.'),
      line('1d 17:20', 'wei', '2.4 已部署到预发环境，回归测试全部通过。', 'deployed'),
      line('1d 17:25', 'anna', { text: 'Beautiful. Tomorrow morning, then.', reply: 'deployed' }),
      line('95m', 'omar', 'Rolled out to ten percent. Graphs are boring, as they should be.'),
      line('70m', 'anna', { mention: ['sam'], text: '@Sam Rivera can you write the two lines for the status page?' }),
      line('52m', 'jun', '第一次参与发布，有点激动 🎉'),
    ],
  },
  {
    name: '周末爬山',
    about: '每个周末，风雨无阻（下雨就吃火锅）。',
    avatar: ['hills', '6fae7f', '1f5a6b'],
    owner: 'wei',
    admins: ['mei'],
    members: ['mei', 'sam', 'lin', 'jun', 'tom', 'yuki'],
    made: '5d 12:00',
    announcements: [
      {
        at: '3d 20:00',
        from: 'wei',
        title: '本周六：凤凰岭',
        content: '早上七点半地铁站集合。带够水，穿防滑的鞋，山上风大，记得加一件外套。',
      },
    ],
    lines: [
      line('5d 12:10', 'wei', '群建好了，大家周末想去哪儿？'),
      line('5d 12:14', 'mei', '凤凰岭吧，红叶应该正好。'),
      line('5d 12:20', 'lin', '同意！我带自己烤的饼干 🍪'),
      line('5d 12:41', 'sam', 'Count me in. 我的中文还可以，爬山更好。'),
      line('3d 20:02', 'wei', { place: '凤凰岭自然风景区', lat: 40.1069, lon: 116.0961 }),
      line('3d 20:03', 'wei', '集合地点看公告，路线大约十二公里。', 'route'),
      line('3d 20:15', 'tom', { text: 'Twelve kilometres up or in all?', reply: 'route' }),
      line('3d 20:16', 'wei', '一共，一共 😄'),
      line('1d 12:30', 'mei', { picture: ridgeAtDawn, name: '日出.png' }),
      line('1d 12:31', 'mei', { picture: lakeAtNoon, name: '山顶的湖.png' }),
      line('1d 12:33', 'yuki', 'The second one! Which lens?'),
      line('1d 12:50', 'mei', '就是手机拍的哈哈。'),
      line('1d 21:05', 'sam', '腿很酸，但是很值得。谢谢大家！'),
      line('1d 21:08', 'lin', '下周继续！'),
    ],
    seen: true,
  },
  {
    name: 'Book club',
    about: 'One book a month. Finishing it is not required.',
    avatar: ['moon', 'd9a05b', '6b2f4f'],
    owner: 'lucia',
    members: ['sam', 'priya', 'tom', 'nina', 'lin'],
    made: '5d 19:00',
    muted: true,
    isPublic: true,
    lines: [
      line('5d 19:05', 'lucia', 'This month it is short stories. You have no excuse.'),
      line('5d 19:30', 'priya', 'I have several excuses, but I have also read the first three.'),
      line('4d 22:10', 'tom', 'The one about the lighthouse stayed with me all day.', 'lighthouse'),
      line('4d 22:30', 'sam', { text: 'Same. I read it twice.', reply: 'lighthouse' }),
      line('2d 21:00', 'lucia', 'Sunday at six, at my place. There will be soup.'),
      line('2d 21:40', 'nina', 'I bring bread.'),
      line('1d 22:15', 'priya', 'Is it all right to come without having read the last one?'),
      line('1d 22:16', 'lucia', 'It is traditional.'),
      line('180m', 'tom', 'I finished it! The end is not what I thought.'),
      line('175m', 'lucia', 'No spoilers!!'),
    ],
  },
  {
    name: 'Design 设计',
    about: 'Screens, icons, words.',
    avatar: ['waves', 'b48be0', '4f5fc9'],
    owner: 'sam',
    admins: ['mei'],
    members: ['mei', 'priya', 'anna'],
    made: '4d 09:00',
    lines: [
      line('4d 09:03', 'sam', 'For everything that is about how it looks.'),
      line('4d 09:40', 'mei', '图标我重新画了一套，线条统一成两像素。'),
      line('3d 15:00', 'mei', {
        document: 'Icons v2.pdf',
        headline: 'Icons, second version',
        lines: ['24 by 24, strokes of 2.', 'Round caps. No fills.', 'Names as in the code.'],
      }),
      line('3d 15:20', 'anna', 'These are lovely. The mute bell finally looks like one.', 'bell'),
      line('2d 10:30', 'priya', {
        text: '**Three findings** from the test:\n\n1. Nobody saw the menu\n2. Everybody found `Ctrl K`\n3. *Green* reads as “done”',
        markdown: true,
      }),
      line('2d 11:00', 'sam', 'Then the menu has to move. I will try something.'),
    ],
    seen: true,
  },
];

export const chats: readonly Chat[] = [
  {
    with: 'anna',
    lines: [
      line('5d 08:50', 'anna', 'Hi Sam, welcome on board! I made you an administrator of the team group.'),
      line('5d 08:53', 'sam', 'Thank you! Where do I find the plan?'),
      line('5d 08:54', 'anna', 'In the announcements, and the rest is in my head.'),
      line('3d 18:01', 'sam', {
        document: 'Plan 2.5.pdf',
        headline: 'Plan for 2.5',
        lines: ['Search in messages', 'Reactions', 'A quieter Monday'],
      }),
      line('3d 18:20', 'anna', 'Read it. I want the quieter Monday first.'),
      line('1d 09:12', 'sam', { record: ['search', 'door'], title: 'Product team' }),
      line('1d 09:13', 'sam', 'This is why I would start with search.'),
      line('1d 09:30', 'anna', 'Convinced.'),
      line('40m', 'anna', 'Could we talk for ten minutes after lunch?'),
      line('39m', 'anna', { voiceSec: 7, pitch: 205 }),
    ],
  },
  {
    with: 'mei',
    pinned: true,
    draft: '周六我可以，',
    lines: [
      line('4d 20:11', 'mei', '你到家了吗？'),
      line('4d 20:13', 'sam', '到了！今天的火锅太好吃了。'),
      line('4d 20:14', 'mei', '下次带你去另一家 😋'),
      line('2d 19:40', 'mei', { picture: eveningLake, name: '傍晚.png' }, 'evening'),
      line('2d 19:41', 'mei', '刚刚路过，太美了。'),
      line('2d 19:58', 'sam', { text: '像一幅画。可以当我的桌面吗？', reply: 'evening' }),
      line('2d 20:01', 'mei', '当然可以！'),
      line('1d 18:30', 'sam', { voiceSec: 4, pitch: 118 }),
      line('1d 18:33', 'mei', '哈哈哈你的发音进步很大。'),
      line('26m', 'mei', '周六的票我来买，你几点方便？'),
    ],
  },
  {
    with: 'wei',
    lines: [
      line('3d 09:30', 'wei', '早，昨天说的接口我写好了，示例在下面。'),
      line('3d 09:31', 'wei', {
        text: '```ts\nim.on("onRosterMessage", (message) => {\n  show(message);\n});\n```\n\n返回值是一个函数，调用它就取消监听。',
        markdown: true,
      }),
      line('3d 09:45', 'sam', '清楚，谢谢！我下午接进去。'),
      line('3d 16:20', 'sam', '接好了，一次就通。'),
      line('3d 16:21', 'wei', '👍'),
    ],
    seen: true,
  },
  {
    with: 'omar',
    lines: [
      line('4d 23:02', 'omar', 'It was the cache.'),
      line('4d 23:04', 'sam', 'It is always the cache.'),
      line('2d 13:15', 'omar', 'Lunch? The place by the canal.'),
      line('2d 13:16', 'omar', { place: 'Canal Kitchen', lat: 52.3702, lon: 4.8952 }),
      line('2d 13:18', 'sam', 'Ten minutes.'),
    ],
    seen: true,
  },
  {
    with: 'yuki',
    lines: [
      line('3d 22:10', 'yuki', { picture: moonlight, name: 'moonlight.png' }),
      line('3d 22:11', 'yuki', 'Last night, half past two. I should sleep more.'),
      line('3d 22:30', 'sam', 'Please never sleep. This is wonderful.'),
      line('150m', 'yuki', 'I am starting a group for photo walks. You get an invitation!'),
    ],
  },
  {
    with: 'lin',
    lines: [
      line('2d 12:00', 'lin', '饼干的做法发你：黄油、糖、面粉，一比一比二。'),
      line('2d 12:05', 'sam', '这么简单？我周末试试。'),
      line('2d 12:06', 'lin', '简单才难做好呀。'),
    ],
    seen: true,
  },
  {
    with: 'tom',
    muted: true,
    lines: [
      line('1d 07:30', 'tom', 'Rode to work in 22 minutes. New record.'),
      line('1d 07:45', 'sam', 'Against the wind?'),
      line('1d 07:46', 'tom', 'Let us say beside it.'),
      line('1d 19:02', 'tom', '23 on the way back. There was a dog.'),
    ],
  },
  {
    with: 'priya',
    lines: [
      line('2d 17:05', 'priya', 'Two more people for the interviews, Thursday and Friday. Do you want to listen in?'),
      line('2d 17:20', 'sam', 'Thursday, gladly.'),
      line('2d 17:21', 'priya', 'Done, you are on the list.'),
    ],
    seen: true,
  },
  {
    with: 'jun',
    lines: [
      line('1d 15:10', 'jun', '您好！请问设计稿的标注在哪里看？'),
      line('1d 15:14', 'sam', '不用客气，叫我 Sam 就好。在 Design 群里，小梅发的 PDF。'),
      line('1d 15:15', 'jun', '找到了，谢谢 Sam！'),
    ],
    seen: true,
  },
];

/** What waits for sam. */
export const requests: readonly { at: When; from: Name; reason: string }[] = [
  { at: '1d 20:40', from: 'nina', reason: 'Hi, we met at the conference. I am the one with the blue bicycle.' },
  { at: '120m', from: 'bo', reason: '你好，我是隔壁组的刘波，想请教一下搜索的事。' },
];

export const invitation = {
  at: '148m' as When,
  from: 'yuki' as Name,
  group: { name: 'Photo walks 摄影散步', about: 'Slowly, with cameras.' },
  reason: 'Come with us on Sunday!',
};
