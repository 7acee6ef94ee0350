import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloseName,
  Command,
  decodeProvision,
  type ErrorName,
  encodeFrame,
  encodeProvision,
  type Frame,
  ProtocolError,
  type Provision,
  StatusCode,
  UserNoticeType,
  type Vsn,
} from '@flooim/protocol';
import { closeFor as licenceCloses } from '../app/licence.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Session } from './session.ts';

export type ProvisionParts = Pick<Context, 'tokens' | 'devices' | 'registry' | 'delivery' | 'rateLimits' | 'clock'>;

/** How a connection ends when its Provision is refused. */
const closeFor: Partial<Record<ErrorName, CloseName>> = {
  tokenInvalid: 'tokenInvalid',
  tokenForeign: 'tokenInvalid',
  tokenMissing: 'tokenInvalid',
  userFrozen: 'userFrozen',
  userDeleted: 'userRemoved',
  ...licenceCloses,
  tooManyDevices: 'tooManyDevices',
};

/** Deployed clients read it whatever the status. */
const nobody = { uid: 0, deviceSN: 0 };

/** Signs a connection in: from a token to a user's device. */
export async function provision(parts: ProvisionParts, session: Session, frame: Frame): Promise<void> {
  try {
    await signIn(parts, session, decodeProvision(frame.payload), frame.vsn);
  } catch (error) {
    const refusal = error instanceof ProtocolError ? new ServerError('malformedFrame') : error;
    const known = refusal instanceof ServerError ? refusal : new ServerError('database');
    answer(session, frame.vsn, { status: { code: known.entry.status, reason: known.message }, xid: nobody });
    session.refuse(closeFor[known.reason] ?? (known.entry.retryable ? 'busy' : 'malformed'));
    if (known !== refusal) throw error;
  }
}

async function signIn(parts: ProvisionParts, session: Session, asked: Provision, vsn: Vsn): Promise<void> {
  const bearer = await parts.tokens.verifyAny(asked.token);
  const { uid, appId } = bearer;
  if (asked.xid && asked.xid.uid !== uid) throw new ServerError('tokenInvalid');
  // Who connects again and again waits as one who writes too much.
  const waitMs = parts.rateLimits.writes.take(uid);
  if (waitMs > 0) await sleep(waitMs);
  // Nobody is there any more for whom another device would have to make room.
  if (session.ended) return;
  const claim = { uid, guid: asked.deviceGuid, platform: asked.osType, agent: asked.deviceInfo };
  const deviceSN = await parts.devices.identify(claim);
  await parts.tokens.bindDevice(bearer, asked.deviceGuid);
  // Meanwhile the token may have ended, and the sessions of those that ended with it.
  await parts.tokens.verifyAny(asked.token);
  // Another new device may have taken this one's place.
  if (!parts.devices.isKnown(uid, asked.deviceGuid, deviceSN)) throw new ServerError('tooManyDevices');
  if (session.ended) return;
  if (session.provisioned) {
    // A device that logged in anew may say so where it is; another one needs a connection of its own.
    if (session.uid !== uid || session.deviceSN !== deviceSN)
      throw new ServerError('invalidParameter', 'another device');
    session.renew(bearer);
  } else {
    session.open({ appId, uid, deviceSN, vsn }, bearer);
    const older = parts.registry.add(session);
    if (older) parts.delivery.endSession(older, 'kickedBySameDevice', UserNoticeType.KICK_BY_SAME_DEVICE);
    else parts.devices.connected(uid, deviceSN);
  }
  answer(session, vsn, {
    status: { code: StatusCode.OK, reason: '' },
    xid: { uid, deviceSN },
    lastLoginTime: parts.clock(),
  });
}

function answer(session: Session, vsn: Vsn, provision: Partial<Provision>): void {
  session.outbox.answer(encodeFrame({ vsn, command: Command.PROVISION, payload: encodeProvision(provision) }));
}
