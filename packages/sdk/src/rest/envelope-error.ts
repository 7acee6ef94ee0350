import { type Envelope, errors } from '@flooim/protocol';
import { FlooError, type FlooErrorCode } from '../errors.ts';

const codeNames = new Map<number, FlooErrorCode>([
  [errors.tokenMissing.code, 'TOKEN_INVALID'],
  [errors.tokenForeign.code, 'TOKEN_INVALID'],
  [errors.tokenInvalid.code, 'TOKEN_INVALID'],
  [errors.tooManyAttempts.code, 'RATE_LIMITED'],
  [errors.appNotNormal.code, 'APP_FROZEN'],
  [30021, 'LICENSE'],
  [30022, 'LICENSE'],
  [30023, 'LICENSE'],
]);

/** What a refusal of the server means; `atLogin`: of a door where tokens are given out. */
export function envelopeError({ code, message, retry_after_ms }: Envelope<unknown>, atLogin = false): FlooError {
  const meaning = codeNames.get(code) ?? 'REJECTED';
  const text = message ?? `the server refused with code ${code}`;
  return new FlooError(atLogin ? loginCode(code, meaning) : meaning, text, {
    serverCode: code,
    retryAfterMs: retry_after_ms,
  });
}

/** At the doors where tokens are given out the same codes speak of the account. */
function loginCode(code: number, meaning: FlooErrorCode): FlooErrorCode {
  if (code === errors.userFrozen.code) return 'USER_FROZEN';
  return meaning === 'TOKEN_INVALID' ? 'LOGIN_REJECTED' : meaning;
}
