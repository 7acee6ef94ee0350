import { callRest, type Line, Quiet, startServer, type TestServer } from '@flooim/testkit';
import { type FlooEventMap, type FlooEventName, type Flooim, type FlooimConfig, flooim } from 'flooim';
import { password } from '../support.ts';
import { events } from './documented.ts';

/** Events of ours that tell what no documented one does. */
const additive = ['onGroupNotice', 'onMessageEdited'];

/** One event that a device told. */
export type Told = { [E in FlooEventName]: { event: E; payload: FlooEventMap[E] } }[FlooEventName];

/** One SDK instance with a listener on every documented event. */
export interface Actor {
  /** `alice.phone`. */
  name: string;
  im: Flooim;
  line: Line;
  /** What it was told and nobody has looked at. */
  told: Told[];
}

/** A user and the devices that he has from the beginning. */
export interface Person {
  name: string;
  uid: number;
  phone: Actor;
  laptop: Actor;
}

/** The server, the actors, and when all is quiet among them. */
export class Stage {
  readonly quiet = new Quiet();
  readonly actors: Actor[] = [];
  readonly server: TestServer;
  alice!: Person;
  bob!: Person;
  carol!: Person;
  /** The group of the group chapters. */
  gid = 0;

  constructor(server: TestServer) {
    this.server = server;
  }

  /** With alice, bob and carol on it, who do not know each other. */
  static async build(): Promise<Stage> {
    const stage = new Stage(await startServer());
    await callRest(stage.server.url, 'userRegister', { username: 'stagehand', password });
    stage.alice = await stage.person('alice');
    stage.bob = await stage.person('bob');
    stage.carol = await stage.person('carol');
    return stage;
  }

  /** An instance that nobody is signed in on. */
  actor(name: string, config: Partial<FlooimConfig> = {}): Actor {
    const line = this.quiet.line();
    const im = flooim({
      appid: 'flooim',
      dnsServer: `${this.server.url}/v2/app_dns`,
      deviceName: name,
      platform: line.platform,
      ...config,
    });
    const actor: Actor = { name, im, line, told: [] };
    for (const event of [...events, ...additive] as FlooEventName[]) {
      im.on(event, (payload) => actor.told.push({ event, payload } as Told));
    }
    this.actors.push(actor);
    return actor;
  }

  /** A new user, signed in on two devices. */
  async person(name: string): Promise<Person> {
    const phone = this.actor(`${name}.phone`);
    const laptop = this.actor(`${name}.laptop`);
    await phone.im.rosterManage.asyncRegester({ username: name, password });
    for (const { im } of [phone, laptop]) await im.login({ name, password });
    return { name, uid: phone.im.userManage.getUid(), phone, laptop };
  }

  /** Nothing more happens by itself from here on. */
  async settle(): Promise<void> {
    await this.quiet.settle(() => this.#writeBehindAll());
  }

  async strike(): Promise<void> {
    await Promise.all(this.actors.map(({ im }) => im.dispose()));
    await this.server.close();
  }

  /** A write of somebody whom nobody knows: when it is done, so is every one before it. */
  async #writeBehindAll(): Promise<void> {
    const { token } = await this.#stagehand();
    await callRest(this.server.url, 'userSettingsUpdate', { no_sounds: false }, { token });
  }

  #signedIn: Promise<{ token: string }> | undefined;

  #stagehand(): Promise<{ token: string }> {
    this.#signedIn ??= callRest(this.server.url, 'tokenByName', { name: 'stagehand', password });
    return this.#signedIn;
  }
}
