import { createHmac, timingSafeEqual } from 'node:crypto';
import { Keyring } from '@voltbus/contracts';
import { isUuid } from '@voltbus/http';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const ID_BYTES = 16;

/** What an address is for: its path, and what its tokens are made for, so that none opens the other. */
interface AddressKind {
  path: string;
  purpose: string;
}

/**
 * The addresses of requests, at which stations upload and download. A token is the id of its request with a keyed hash of it, in 43 characters: it is stored nowhere, not even as a hash,
 * can be made again for a request that is sent again, and cannot be guessed without the pepper. What it opens is up to the state of the request.
 */
export class TokenAddress {
  private readonly peppers: Keyring;

  constructor(
    peppers: Keyring | string,
    /** Where stations reach us; undefined: they do not. */
    private readonly base: string | undefined,
    private readonly kind: AddressKind,
  ) {
    this.peppers = Keyring.from(peppers);
  }

  /** With a slash before the name, which a station adds itself where there is none (N01.FR.28). Null: there is no address of our own. */
  of(request: string, name = ''): string | null {
    if (this.base === undefined) return null;
    return `${this.base.replace(/\/+$/, '')}${this.kind.path}/${this.tokenOf(request)}/${name}`;
  }

  tokenOf(request: string): string {
    const id = Buffer.from(request.replaceAll('-', ''), 'hex');
    return Buffer.concat([id, ...this.macs(id).slice(0, 1)]).toString('base64url');
  }

  /** The id of the request whose token it is; null: it is none of ours. */
  requestOf(token: string): string | null {
    if (!TOKEN.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    const [id, mac] = [bytes.subarray(0, ID_BYTES), bytes.subarray(ID_BYTES)];
    if (mac.length !== ID_BYTES || !this.macs(id).some((one) => timingSafeEqual(mac, one))) return null;
    const request = id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    return isUuid(request) ? request : null;
  }

  /** By each pepper that is accepted, the current one first: an address that a station has may be of the one before. */
  private macs(id: Buffer): Buffer[] {
    return this.peppers.all.map(({ secret }) =>
      createHmac('sha256', secret).update(`${this.kind.purpose} `).update(id).digest().subarray(0, ID_BYTES),
    );
  }
}
