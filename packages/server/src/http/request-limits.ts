import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerEndpointName } from '@flooim/protocol';
import type { FastifyRequest } from 'fastify';
import { AttemptLimit } from '../attempt-limit.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { networkOf } from './address.ts';
import { administratorKey, userKey } from './auth.ts';
import { Pauses } from './pauses.ts';

/** What costs a password hash, makes an account or takes memory, for whoever asks. */
const attempts: ReadonlySet<ServerEndpointName> = new Set([
  'tokenByName',
  'tokenById',
  'tokenByLogin',
  'userRegister',
  'userRegisterAnonymous',
  'userChangePassword',
  'userDelete',
  'loginCode',
  'secretLeave',
  'secretTake',
  'weChatLogin',
  'officialAccountCode',
  'officialAccountLogin',
  'captchaCreate',
  'smsCodeForPicture',
  'smsCode',
  'mobileLogin',
  'mobilePrechangeByPassword',
] satisfies ServerEndpointName[]);

/** What makes an account. */
const registrations: ReadonlySet<ServerEndpointName> = new Set([
  'userRegister',
  'userRegisterAnonymous',
] satisfies ServerEndpointName[]);

/** So many seconds' worth may come at once: an app that starts asks for much. */
const burstSec = { user: 10, address: 2, service: 2 };

/**
 * A refusal costs the server as much as an answer: a user gets it late, so that who asks again and again is slowed down. Only so
 * many of them wait at one time. Who does not wait for them is read no more than that at the same rate, at the longest for so long.
 */
const refusalMs = 250;
const refusalsDue = 64;
const pauseAtMostMs = 10_000;

/**
 * How often REST may be asked. Services are counted by their token, users for themselves, wherever they are, and by the address
 * only who is not known: so whoever floods uses up nothing of those who share his address.
 */
export class RequestLimits {
  readonly #context: Context;
  readonly #users: AttemptLimit;
  readonly #addresses: AttemptLimit;
  readonly #services: AttemptLimit;
  readonly #attempts: AttemptLimit;
  readonly #registrations: AttemptLimit;
  /** By user. */
  readonly #due = new Map<string, number>();
  /** Undefined behind a proxy, which brings requests of several users on one connection. */
  readonly #pauses: Pauses | undefined;

  constructor(context: Context) {
    const { config, clock } = context;
    const perSec = (count: number, burst: number) => new AttemptLimit(count * 60, clock, count * burst);
    this.#context = context;
    this.#users = perSec(config.userRequestsPerSec, burstSec.user);
    this.#addresses = perSec(config.requestsPerSec, burstSec.address);
    this.#services = perSec(config.adminRequestsPerSec, burstSec.service);
    this.#attempts = new AttemptLimit(config.loginsPerMin, clock);
    const { registrationsPerHour } = config;
    this.#registrations = new AttemptLimit(registrationsPerHour / 60, clock, Math.ceil(registrationsPerHour / 2));
    if (!config.trustProxy) this.#pauses = new Pauses(refusalMs / refusalsDue, pauseAtMostMs);
  }

  /** Counts a request of any kind; throws when there have been too many. */
  async count(request: FastifyRequest): Promise<void> {
    const service = await administratorKey(this.#context, request);
    if (service) return this.#countService(service);
    const user = userKey(this.#context, request);
    if (!user) return this.#countAddress(networkOf(request.ip));
    if (!this.#users.take(user)) await this.#refuse(user, request);
  }

  #countService(service: string): void {
    if (!this.#services.take(service)) throw tooMany(this.#services.waitMs(service));
  }

  /** Behind one address may be a whole office, whose clients all come at once when the server is back. */
  #countAddress(network: string): void {
    if (!this.#addresses.take(network)) throw tooMany(this.#addresses.turnMs(network));
  }

  async #refuse(user: string, { raw }: FastifyRequest): Promise<never> {
    const refusal = tooMany(this.#users.waitMs(user));
    const due = this.#due.get(user) ?? 0;
    if (due >= refusalsDue) {
      this.#pauses?.add(user, raw.socket);
      throw refusal;
    }
    this.#due.set(user, due + 1);
    await sleep(refusalMs);
    const left = (this.#due.get(user) ?? 1) - 1;
    if (left > 0) this.#due.set(user, left);
    else this.#due.delete(user);
    throw refusal;
  }

  /** Counts, besides, what few need often; services do as they like. */
  async countAttempt(name: ServerEndpointName, request: FastifyRequest): Promise<void> {
    if (!attempts.has(name) || (await administratorKey(this.#context, request))) return;
    const network = networkOf(request.ip);
    this.#attempts.spend(network);
    if (registrations.has(name)) this.#registrations.spend(network);
  }
}

function tooMany(waitMs: number): ServerError {
  return new ServerError('tooManyRequests', undefined, waitMs);
}
