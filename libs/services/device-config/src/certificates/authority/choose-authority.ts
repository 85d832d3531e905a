import type { Settings } from '@voltbus/runtime';
import type { CertificateAuthority } from './certificate-authority';
import { HttpCertificateAuthority } from './http-certificate-authority';
import { LocalCertificateAuthority } from './local-certificate-authority';

type AuthoritySettings = Pick<
  Settings,
  | 'CERTIFICATE_AUTHORITY'
  | 'CA_CERT_FILE'
  | 'CA_KEY_FILE'
  | 'CA_V2G_CERT_FILE'
  | 'CA_V2G_KEY_FILE'
  | 'CA_URL'
  | 'CA_SECRET'
  | 'CERTIFICATE_DAYS'
>;

/** The authority that the settings name; they have been checked to fit together. Null: stations get no certificates. */
export function chooseAuthority(settings: AuthoritySettings, now: () => Date): CertificateAuthority | null {
  const { CERTIFICATE_AUTHORITY: kind, CERTIFICATE_DAYS: days, CA_URL: url = '', CA_SECRET: secret = '' } = settings;
  if (kind === 'http') return new HttpCertificateAuthority({ url, secret, days });
  return kind === 'local' ? localAuthority(settings, now) : null;
}

/** Null: another authority is set, which keeps its own revocation list. */
export function localAuthority(settings: AuthoritySettings, now: () => Date): LocalCertificateAuthority | null {
  const { CA_CERT_FILE: cert = '', CA_KEY_FILE: key = '', CA_V2G_CERT_FILE: v2gCert, CA_V2G_KEY_FILE: v2gKey } = settings;
  if (settings.CERTIFICATE_AUTHORITY !== 'local') return null;
  const v2g = v2gCert === undefined || v2gKey === undefined ? null : { cert: v2gCert, key: v2gKey };
  return new LocalCertificateAuthority({ stations: { cert, key }, v2g, days: settings.CERTIFICATE_DAYS, now });
}
