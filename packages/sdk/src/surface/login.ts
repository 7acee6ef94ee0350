import { checkFilled, checkId, checkObject } from '../check.ts';
import type { Flooim } from '../flooim-types.ts';
import type { Session } from '../session/session.ts';

type Login = Pick<Flooim, 'login' | 'idLogin' | 'tokenLogin' | 'qrlogin' | 'isLogin' | 'logout'>;

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
    logout: () => session.logout(),
  };
}
