import { isSafeUrl, type TokenIssuer } from './token-issuers';

interface SignInSettings {
  OIDC_ISSUERS?: TokenIssuer[] | undefined;
  OIDC_CLIENT_SECRET?: string | undefined;
  API_URL?: string | undefined;
}

/** What keeps people from signing in safely: each problem names its setting. */
export function signInProblems(
  { OIDC_ISSUERS: issuers = [], OIDC_CLIENT_SECRET: secret, API_URL: url }: SignInSettings,
  mode: string,
): string[] {
  const problems: string[] = [];
  const signsIn = issuers.some(({ signIn }) => signIn !== undefined);
  if (signsIn && url === undefined) problems.push('VOLTBUS_API_URL is required with `signIn` in VOLTBUS_OIDC_ISSUERS');
  if (secret !== undefined && !signsIn)
    problems.push('VOLTBUS_OIDC_CLIENT_SECRET is for `signIn` in VOLTBUS_OIDC_ISSUERS, which is absent');
  if (url !== undefined && !(isSafeUrl(url) && (mode === 'standalone' || url.startsWith('https:'))))
    problems.push(
      'VOLTBUS_API_URL: must be https:// (http:// for this machine only, in standalone): cookies would go over the network in the clear',
    );
  return problems;
}
