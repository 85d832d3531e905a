import { SecretBox, invalidAt, type Keyring } from '@voltbus/contracts';
import { REDACTED, redactText } from '@voltbus/ocpp';

/** A URL as it may be shown, and the whole of it encrypted where it holds a secret; null: it holds none. */
export interface SealedUrl {
  shown: string;
  sealed: string | null;
}

/** Encrypts URLs of operators that hold a secret, such as a password or a signature in the query (ADR 40): a station needs them whole. */
export class UrlSeal {
  private readonly box: SecretBox;

  /** What is sealed for one purpose is opened for no other one. */
  constructor(keys: Keyring | string, purpose: string) {
    this.box = new SecretBox(keys, purpose);
  }

  /** Opens for the same owner only. Throws `invalid` at the path of the request where the URL has a redacted secret. */
  seal(url: string, owner: string, path: string): SealedUrl {
    if (url.includes(REDACTED)) throw invalidAt(path, `has ${REDACTED} in the place of a secret: give the whole URL`);
    const shown = shownUrl(url);
    return { shown, sealed: shown === url ? null : this.box.close(url, owner).toString('base64') };
  }

  /** Null: it is encrypted under a key that is not set. */
  open({ shown, sealed }: SealedUrl, owner: string): string | null {
    return sealed === null ? shown : this.box.open(Buffer.from(sealed, 'base64'), owner);
  }
}

/** A URL without its secrets; still a URL. */
function shownUrl(url: string): string {
  const shown = redactText(url);
  if (URL.canParse(shown)) return shown;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}/${REDACTED}`;
}
