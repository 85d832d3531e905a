import { SecretBox, invalidAt } from '@voltbus/contracts';
import { REDACTED } from '@voltbus/ocpp';
import { shownUrl } from '../stations/shown-url';
import type { LogBody } from './domain/log-request';

type UploadTo = NonNullable<LogBody['uploadTo']>;

/** Encrypts addresses of operators' servers that hold a secret, such as the password of an FTP server (ADR 40): a station needs them whole. */
export class SealedAddresses {
  private readonly box: SecretBox;

  constructor(pepper: string) {
    this.box = new SecretBox(pepper, 'log-upload-address');
  }

  sealed(tenant: string, url: string): UploadTo {
    if (url.includes(REDACTED)) throw invalidAt('/uploadTo', `has ${REDACTED} in the place of a secret: give the whole URL`);
    const shown = shownUrl(url);
    return { shown, sealed: shown === url ? null : this.box.close(url, tenant).toString('base64') };
  }

  /** Null: it was encrypted with another pepper. */
  opened(tenant: string, { shown, sealed }: UploadTo): string | null {
    return sealed === null ? shown : this.box.open(Buffer.from(sealed, 'base64'), tenant);
  }
}
