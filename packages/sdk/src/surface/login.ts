import { checkFilled, checkId, checkObject, checkSignal } from '../check.ts';
import type { Flooim } from '../flooim-types.ts';
import type { Clock } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { waitForLoginCode } from '../session/login-code.ts';
import type { Session } from '../session/session.ts';

type Login = Pick<Flooim, 'login' | 'idLogin' | 'tokenLogin' | 'qrlogin' | 'isLogin' | 'logout'>;
type Additions = Pick<Flooim, 'createLoginCode' | 'waitForLoginCode' | 'registerAnonymously'>;

/** What needs no login, besides the documented. `disposed` ends what waits. */
export function createLoginCodes(session: Session, rest: RestClient, clock: Clock, disposed: AbortSignal): Additions {
  return {
    createLoginCode: async () => {
      session.checkOpen();
      const { qr_code, url, expired } = await rest.call('loginCode', {});
      return { code: qr_code, url, expires: expired };
    },
    waitForLoginCode: async (code, options = {}) => {
      session.checkOpen();
      checkFilled(code, 'code');
      const signal = checkSignal(checkObject(options, 'options').signal, 'options.signal');
      return waitForLoginCode(rest, clock, code, signal ? [signal, disposed] : [disposed]);
    },
    registerAnonymously: async (params) => {
      session.checkOpen();
      return rest.call('userRegisterAnonymous', params);
    },
  };
}

/** The documented ways in and out. Their promises are additions: nobody has to look at them. */
export function createLogin(session: Session): Login {
  const quiet = (run: () => Promise<void>): Promise<void> => {
    const done = (async () => {
      session.checkOpen();
      await run();
    })();
    done.catch(() => {});
    return done;
  };
  const idLogin: Login['idLogin'] = (opt) =>
    quiet(() => {
      const { user_id, password } = checkObject(opt, 'opt');
      return session.login({
        user_id: checkId(user_id, 'opt.user_id'),
        password: checkFilled(password, 'opt.password'),
      });
    });

  return {
    login: (opt) =>
      quiet(() => {
        const { name, password } = checkObject(opt, 'opt');
        return session.login({ name: checkFilled(name, 'opt.name'), password: checkFilled(password, 'opt.password') });
      }),
    idLogin,
    qrlogin: idLogin,
    tokenLogin: (opt) =>
      quiet(() => {
        const { user_id, token } = checkObject(opt, 'opt');
        return session.tokenLogin({ uid: checkId(user_id, 'opt.user_id'), token: checkFilled(token, 'opt.token') });
      }),
    isLogin: () => session.isSignedIn,
    logout: (opt) => session.logout(opt?.forget === true),
  };
}
