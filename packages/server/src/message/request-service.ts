import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { OperationType, type ServerRequest } from '@flooim/protocol';
import { AnsweredOnce } from '../answered-once.ts';
import { ServerError } from '../error.ts';
import type { GroupDirectory } from '../group/group-directory.ts';
import type { RateLimits } from '../rate-limit.ts';
import type { TokenService } from '../token/token-service.ts';
import type { UserService } from '../user/user-service.ts';
import type { ServiceMessages, ServiceSender } from './service-messages.ts';

type Request = ServerRequest<'messageSend'>;

/** On whose behalf a message is asked for over REST. */
export interface Requester {
  appId: string;
  /** 0: the app itself. */
  uid: number;
  isAdmin: boolean;
  tokenHash: Uint8Array;
}

interface Parts {
  serviceMessages: ServiceMessages;
  users: UserService;
  tokens: TokenService;
  groupDirectory: GroupDirectory;
  rateLimits: RateLimits;
  clock: () => number;
}

const readAck = 9;
/** How REST numbers operations on messages; smaller numbers are messages, by their content type on the wire. */
const operations = {
  [readAck]: OperationType.READ_ACK,
  10: OperationType.RECALL,
  11: OperationType.APPEND,
  12: OperationType.REPLACE,
} as const;
const largestContentType = 7;

const toUsers = 1;
/** Who is too fast waits, as over the socket; but nobody waits longer for an answer. */
const waitAtMostMs = 5000;
/** How long the answers to transactions are remembered, and how many. */
const transactions = { forMs: 10 * 60_000, atMost: 200_000 };

/** Messages that are asked for over REST: in whose name, to whom, how fast, and not twice. */
export class MessageRequestService {
  readonly #parts: Parts;
  readonly #answers: AnsweredOnce<number[]>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#answers = new AnsweredOnce(transactions, parts.clock);
  }

  /** Gives the mid of what was sent to one target; of several, or of what is not stored, nothing. */
  async send(requester: Requester, request: Request): Promise<number[]> {
    checkRequest(request);
    const uid = await this.#sender(requester, request.from_user_id);
    if (uid === 0 && request.content_type === readAck)
      throw wrong('from_user_id', 'is required: the app itself reads nothing');
    const sender = { appId: requester.appId, uid };
    return this.#once(requester, sender, request, async () => {
      await this.#keepRate(requester, new Set(request.targets).size);
      return this.#toTargets(sender, request, requester.isAdmin);
    });
  }

  /** As `send`, in the name of the app itself. */
  async notify(requester: Requester, request: Request): Promise<number[]> {
    if (request.content_type > largestContentType) throw wrong('content_type', 'must be that of a message');
    checkRequest(request);
    const sender = { appId: requester.appId, uid: 0 };
    return this.#once(requester, sender, request, () => this.#toTargets(sender, request, true));
  }

  /** To every user of the app; to how many. */
  async broadcast(appId: string, { content_type, ...request }: ServerRequest<'messageBroadcast'>): Promise<number> {
    requireContent(request);
    return this.#parts.serviceMessages.broadcast(appId, { ...textsOf(request), ctype: content_type });
  }

  async recall(requester: Requester, peer: number, mid: number): Promise<void> {
    await this.#keepRate(requester, 1);
    const operation = { type: OperationType.RECALL, mid };
    await this.#parts.serviceMessages.operate(requester, peer, operation, { anyTime: requester.isAdmin });
  }

  /** Reads up to `mid`; 0 is all there is. */
  async acknowledge(requester: Requester, peer: number, mid: number): Promise<void> {
    await this.#keepRate(requester, 1);
    await this.#parts.serviceMessages.operate(requester, peer, { type: OperationType.READ_ACK, mid });
  }

  /** An administrator who names no user in a header may name one here; everybody else speaks for himself. */
  async #sender({ appId, uid, isAdmin }: Requester, named = 0): Promise<number> {
    if (named === 0 || named === uid) return uid;
    if (!isAdmin || uid > 0) throw new ServerError('noPermission', 'from_user_id is somebody else');
    if (!(await this.#parts.users.account(appId, { uid: named })))
      throw new ServerError('userNotFound', 'from_user_id');
    return named;
  }

  #once(
    { isAdmin, tokenHash }: Requester,
    { appId, uid }: ServiceSender,
    { transaction_id: id = 0 }: Request,
    act: () => Promise<number[]>,
  ): Promise<number[]> {
    if (id === 0) return act();
    const who = isAdmin ? Buffer.from(tokenHash).toString('hex') : 'user';
    return this.#answers.once(`${appId} ${who} ${uid} ${id}`, act);
  }

  /** Services may send as fast as their token may ask; users as fast as over the socket, both ways together. */
  async #keepRate({ uid, isAdmin, tokenHash }: Requester, cost: number): Promise<void> {
    if (isAdmin) return;
    const { tokens, rateLimits } = this.#parts;
    const { writes } = rateLimits;
    const waitMs = writes.take(uid, cost);
    if (waitMs > waitAtMostMs) {
      writes.giveBack(uid, cost);
      throw new ServerError('rateLimited', undefined, waitMs);
    }
    if (waitMs === 0) return;
    await sleep(waitMs);
    // Meanwhile the token may have ended.
    await tokens.verifyHash(tokenHash);
  }

  /** Tries each target. What failed for one does not keep the others from getting it. */
  async #toTargets(sender: ServiceSender, request: Request, anyTime: boolean): Promise<number[]> {
    const targets = [...new Set(request.targets)];
    const act = (target: number) => this.#toOne(sender, target, request, anyTime);
    // Nothing but memory is waited for, and a group has thousands of members.
    const isAtOnce = request.online_only && request.type !== toUsers;
    const outcomes = isAtOnce ? await oneByOne(targets, act) : await Promise.allSettled(targets.map(act));
    const failed = outcomes.findIndex(({ status }) => status === 'rejected');
    if (failed >= 0) {
      const { reason } = outcomes[failed] as PromiseRejectedResult;
      const went = outcomes.filter(({ status }) => status === 'fulfilled').length;
      throw targets.length === 1 ? reason : partly(reason, targets[failed] as number, `${went} of ${targets.length}`);
    }
    const [only] = outcomes as PromiseFulfilledResult<number | undefined>[];
    return targets.length === 1 && only?.value ? [only.value] : [];
  }

  async #toOne(sender: ServiceSender, target: number, request: Request, anyTime: boolean): Promise<number | undefined> {
    const { serviceMessages } = this.#parts;
    const {
      content_type: type,
      related_mid: mid = 0,
      online_only: onlineOnly,
      transaction_id: transactionId,
    } = request;
    const isOperation = type in operations;
    if (isOperation) {
      this.#checkPeer(sender.appId, target, request.type);
      const operation = { ...textsOf(request), type: operations[type as keyof typeof operations], mid };
      return serviceMessages.operate(sender, target, operation, { anyTime });
    }
    const message = { ...textsOf(request), ctype: type };
    const options = { onlineOnly, transactionId };
    if (request.type === toUsers) return serviceMessages.toUser(sender, target, message, options);
    return serviceMessages.toGroup(sender, target, message, options);
  }

  /** Operations take users and groups alike: what the request says they are has to be true. */
  #checkPeer(appId: string, target: number, type: number): void {
    const isGroup = this.#parts.groupDirectory.get(target)?.appId === appId;
    if (isGroup === (type === toUsers)) throw new ServerError(isGroup ? 'userNotFound' : 'groupNotFound');
  }
}

/** As all at once, but others get a turn in between. */
async function oneByOne<T>(
  targets: readonly number[],
  act: (target: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const outcomes: PromiseSettledResult<T>[] = [];
  for (const target of targets) {
    await turn();
    outcomes.push(...(await Promise.allSettled([act(target)])));
  }
  return outcomes;
}

function checkRequest(request: Request): void {
  const { content_type: type, related_mid, online_only } = request;
  if (type <= largestContentType) return requireContent(request);
  if (!(type in operations)) throw wrong('content_type', 'is not one that is sent over REST');
  if (!related_mid) throw wrong('related_mid', 'is required');
  if (online_only) throw wrong('online_only', 'is for messages only');
}

function requireContent({ content, attachment }: { content?: string; attachment?: string }): void {
  if (content === undefined && attachment === undefined) throw wrong('content', 'is required');
}

function textsOf({ content, attachment, ext, config }: Pick<Request, 'content' | 'attachment' | 'ext' | 'config'>) {
  return { content, attachment, ext, config };
}

function wrong(field: string, text: string): ServerError {
  return new ServerError('invalidParameter', `${field} ${text}`);
}

/** Why the first of those failed that failed, and how many went. */
function partly(reason: unknown, target: number, went: string): unknown {
  return reason instanceof ServerError ? new ServerError(reason.reason, `target ${target}; ${went} were sent`) : reason;
}
