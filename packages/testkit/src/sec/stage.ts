import type { ServerEndpointName, ServerRequest, ServerResponse } from '@flooim/protocol';
import type { Role } from './roles.ts';
import { otherApp, type Person, type World } from './world.ts';

/** What somebody did while he still could: before he was banned, or left, or his token ended. */
type Before = (caller: Person, gid: number) => Promise<unknown>;

const inGroup: ReadonlySet<Role> = new Set(['ended', 'former', 'member', 'banned', 'admin', 'owner']);

/** One cell's own people and group, made as far as its call needs them. */
export class Stage {
  readonly world: World;
  readonly role: Role;
  /** Who calls. Of services: a user of their app, for whom nothing is done unless the call says so. */
  readonly caller: Person;
  /** The token that the call shows, and the app that it names. */
  readonly token: string | undefined;
  readonly appId: string;
  /** Secret texts that only those may read who are let in. */
  readonly texts: string[] = [];
  /** Secrets that the caller may be told again. */
  readonly given: string[];
  #target: Promise<Person> | undefined;
  #owner: Promise<Person> | undefined;
  #victim: Promise<Person> | undefined;
  #group: Promise<number> | undefined;

  private constructor(world: World, role: Role, caller: Person) {
    this.world = world;
    this.role = role;
    this.caller = caller;
    this.appId = role === 'otherApp' || role === 'otherService' ? otherApp : 'flooim';
    this.token = tokenFor(world, role, caller);
    this.given = [caller.storeToken];
  }

  static async of(world: World, role: Role): Promise<Stage> {
    const isForeign = role === 'otherApp' || role === 'otherService' || role === 'foreign';
    return new Stage(world, role, await world.person(isForeign ? otherApp : undefined));
  }

  /** To whom the caller is a friend, a stranger or blocked. */
  get target(): Promise<Person> {
    return this.meet();
  }

  /** As `target`. Who is blocked was a friend before: then is `before`, as for a friend; for strangers it never is. */
  meet(before?: (target: Person) => Promise<unknown>): Promise<Person> {
    this.#target ??= this.#makeTarget(before);
    return this.#target;
  }

  /** The group's; the caller himself if that is his role. */
  get owner(): Promise<Person> {
    const isOwner = this.role === 'owner' || this.role === 'ended';
    this.#owner ??= isOwner ? Promise.resolve(this.caller) : this.world.person();
    return this.#owner;
  }

  /** A member of the group and nothing more. */
  get victim(): Promise<Person> {
    this.#victim ??= this.world.person();
    return this.#victim;
  }

  /** The group in which the caller has his role. */
  group(before?: Before): Promise<number> {
    this.#group ??= this.#makeGroup(before);
    return this.#group;
  }

  /** A secret text of this cell. */
  text(): string {
    const text = this.world.secrets.text();
    this.texts.push(text);
    return text;
  }

  async byTarget<N extends ServerEndpointName>(name: N, parameters: ServerRequest<N>): Promise<ServerResponse<N>> {
    return this.world.call(await this.target, name, parameters);
  }

  async byOwner<N extends ServerEndpointName>(name: N, parameters: ServerRequest<N>): Promise<ServerResponse<N>> {
    return this.world.call(await this.owner, name, parameters);
  }

  /** Just before the call: what was prepared with the token was prepared while it lived. */
  async raise(): Promise<void> {
    if (this.role === 'ended') await this.world.call(this.caller, 'tokenRevoke', {});
  }

  async #makeTarget(before?: (target: Person) => Promise<unknown>): Promise<Person> {
    const { caller, role, world } = this;
    const target = await world.person();
    const wasFriend = role === 'friend' || (role === 'blocked' && before);
    if (wasFriend) await world.administer('userAddRoster', { list: [caller.uid] }, target);
    if (wasFriend) await before?.(target);
    if (role === 'blocked') await world.call(target, 'rosterBlock', { user_id: caller.uid });
    return target;
  }

  async #makeGroup(before: Before | undefined): Promise<number> {
    const { caller, role, world } = this;
    const [owner, victim] = await Promise.all([this.owner, this.victim]);
    const isIn = inGroup.has(role);
    const user_list = [victim.uid, ...(isIn && owner !== caller ? [caller.uid] : [])];
    const { group_id } = await world.call(owner, 'groupCreate', { name: 'a group', user_list });
    if (isIn) await before?.(caller, group_id);
    const users = { group_id, user_list: [caller.uid] };
    if (role === 'admin') await world.call(owner, 'groupAdminAdd', users);
    if (role === 'banned') await world.call(owner, 'groupBan', { ...users, duration: -1 });
    if (role === 'former') await world.call(caller, 'groupLeave', { group_id });
    return group_id;
  }
}

function tokenFor(world: World, role: Role, caller: Person): string | undefined {
  if (role === 'nobody') return undefined;
  if (role === 'service' || role === 'otherService') return world.adminTokens[caller.appId];
  return role === 'operator' ? world.operatorToken : caller.token;
}
