import {
  type CloseName,
  Command,
  decodeProvision,
  type ErrorName,
  encodeFrame,
  encodeProvision,
  type Frame,
  type Provision,
  StatusCode,
  UserNoticeType,
  type Vsn,
} from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Session } from './session.ts';

export type ProvisionParts = Pick<Context, 'tokens' | 'devices' | 'registry' | 'delivery' | 'clock'>;

/** How a connection ends when its Provision is refused. */
const closeFor: Partial<Record<ErrorName, CloseName>> = {
  tokenInvalid: 'tokenInvalid',
  tokenForeign: 'tokenInvalid',
  tokenMissing: 'tokenInvalid',
  userFrozen: 'userFrozen',
  userDeleted: 'userRemoved',
  appNotNormal: 'appNotNormal',
  tooManyDevices: 'tooManyDevices',
};

/** Signs a connection in: from a token to a user's device. */
export async function provision(parts: ProvisionParts, session: Session, frame: Frame): Promise<void> {
  const asked = decodeProvision(frame.payload);
  try {
    await signIn(parts, session, asked, frame.vsn);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    answer(session, frame.vsn, { status: { code: error.entry.status, reason: error.message } });
    session.end(closeFor[error.reason] ?? 'malformed');
  }
}

async function signIn(parts: ProvisionParts, session: Session, asked: Provision, vsn: Vsn): Promise<void> {
  if (session.provisioned) throw new ServerError('invalidParameter', 'the session is provisioned already');
  const bearer = await parts.tokens.verifyAny(asked.token);
  const { uid, appId } = bearer;
  if (asked.xid && asked.xid.uid !== uid) throw new ServerError('tokenInvalid');
  const claim = { uid, guid: asked.deviceGuid, platform: asked.osType, agent: asked.deviceInfo };
  const deviceSN = await parts.devices.identify(claim);
  await parts.tokens.bindDevice(bearer, asked.deviceGuid);
  // Meanwhile the token may have ended, and the sessions of those that ended with it.
  await parts.tokens.verifyAny(asked.token);
  if (session.ended) return;
  session.open({ appId, uid, deviceSN, vsn });
  const older = parts.registry.add(session);
  if (older) parts.delivery.endSession(older, 'kickedBySameDevice', UserNoticeType.KICK_BY_SAME_DEVICE);
  else parts.devices.connected(uid, deviceSN);
  answer(session, vsn, {
    status: { code: StatusCode.OK, reason: '' },
    xid: { uid, deviceSN },
    lastLoginTime: parts.clock(),
  });
}

function answer(session: Session, vsn: Vsn, provision: Partial<Provision>): void {
  session.outbox.answer(encodeFrame({ vsn, command: Command.PROVISION, payload: encodeProvision(provision) }));
}
