import { CsmsError } from '@voltbus/contracts';
import { isSafeUrl, type Settings } from '@voltbus/runtime';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Methods that change nothing. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Characters of a Cookie header that are looked at; a browser sends no more than what it was given here. */
const MAX_COOKIES_LENGTH = 16_384;

/**
 * The site that browsers know this API as. Its cookies are `__Host-` ones: with `Secure`, of this host alone and of no domain. Only in standalone, on this machine
 * and without TLS, they go without both, because not every browser keeps a `Secure` cookie of `http://localhost`.
 */
export class BrowserSite {
  private readonly url: string | undefined;
  readonly isSecure: boolean;

  constructor({ API_URL: url, HOST: host, STANDALONE: standalone }: Pick<Settings, 'API_URL' | 'HOST' | 'STANDALONE'>) {
    this.url = url;
    this.isSecure = !(standalone && (url === undefined ? isThisMachine(host) : url.startsWith('http:')));
  }

  /** The value of a cookie of ours; null without. Of several of that name the first counts, as browsers send them. */
  cookieOf(headers: Headers, name: string): string | null {
    const header = headers['cookie'];
    if (typeof header !== 'string' || header.length > MAX_COOKIES_LENGTH) return null;
    const wanted = `${this.nameOf(name)}=`;
    const found = header
      .split(';')
      .map((one) => one.trim())
      .find((one) => one.startsWith(wanted));
    return found === undefined ? null : found.slice(wanted.length);
  }

  /** The header that sets a cookie for so long. An empty value removes it. */
  setCookie(name: string, value: string, seconds: number): string {
    const life = `Max-Age=${value === '' ? 0 : Math.max(0, Math.floor(seconds))}`;
    return [`${this.nameOf(name)}=${value}`, 'Path=/', life, 'HttpOnly', 'SameSite=Lax', ...(this.isSecure ? ['Secure'] : [])].join('; ');
  }

  /**
   * Throws `cross-site-request` on a request that changes something unless a page of this site sent it, which no page can pretend: `Sec-Fetch-Site` says so, or in
   * browsers without that header, `Origin` does.
   */
  mustBeOwn({ method, headers }: { method: string; headers: Headers }): void {
    if (READS.has(method)) return;
    const { 'sec-fetch-site': site, origin } = headers;
    const isOwn = site === undefined ? origin !== undefined && origin === this.originFor(headers) : site === 'same-origin';
    if (!isOwn) throw new CsmsError('cross-site-request', 'a request with the cookie of a session that no page of this site sent');
  }

  /** As the settings say; without, on this machine, as the browser named it. */
  private originFor({ host }: Headers): string | undefined {
    if (this.url !== undefined) return this.url;
    return !this.isSecure && typeof host === 'string' && isThisMachine(host) ? `http://${host}` : undefined;
  }

  private nameOf(name: string): string {
    return `${this.isSecure ? '__Host-' : ''}voltbus-${name}`;
  }
}

/** With or without a port; `::1` is an address to listen at. */
function isThisMachine(host: string): boolean {
  return host === '::1' || isSafeUrl(`http://${host}`);
}
