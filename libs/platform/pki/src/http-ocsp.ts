import { boundedBody } from '@voltbus/flow';

/**
 * A station with a contract certificate waits four seconds; the lane, the database and our own answer want their share.
 */
const OCSP_TIMEOUT_MS = 2_000;
export const MAX_ANSWER_BYTES = 65_536;

/**
 * Asks OCSP responders over HTTP (RFC 6960 appendix A), and only those that the operator named: their addresses come
 * from stations and cars.
 */
export class HttpOcsp {
  private readonly hosts: ReadonlySet<string>;

  /** `hosts`: names or addresses, each with a port where it is not the scheme's own. */
  constructor(
    hosts: Iterable<string>,
    /** Not for good, so that specs on a slow machine can wait longer. */
    public timeoutMs = OCSP_TIMEOUT_MS,
  ) {
    this.hosts = new Set([...hosts].map((host) => host.toLowerCase()));
  }

  /** Whether this responder may be asked. */
  allows(address: string): boolean {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return false;
    return this.hosts.has(url.host.toLowerCase());
  }

  /**
   * Rejects when there is no answer within the time and the size. No redirects: they would lead past the operator's
   * list.
   */
  async ask(address: string, request: Buffer): Promise<Buffer> {
    if (!this.allows(address)) throw new Error('a responder that the operator has not named');
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request' },
      body: Uint8Array.from(request),
      redirect: 'error',
      signal: AbortSignal.timeout(this.timeoutMs), // for all of it, the body too
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new Error(`answered ${answer.status}`);
    }
    return boundedBody(answer, MAX_ANSWER_BYTES);
  }
}
