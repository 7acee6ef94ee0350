/** The page that a login code's address means: the server names `/#/login-code/<code>`, whatever app serves it. */
export function loginCodePath(hash: string): string | null {
  const code = /^#\/login-code\/([\w-]{1,128})$/.exec(hash)?.[1];
  return code ? `/login-code/${code}` : null;
}
