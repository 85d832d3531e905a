import type { Settings } from '@voltbus/runtime';
import { CertManagerCertificateAuthority } from './cert-manager-certificate-authority';
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
  | 'CA_ISSUER_NAME'
  | 'CA_ISSUER_KIND'
  | 'CA_ISSUER_GROUP'
  | 'CA_KUBERNETES_URL'
  | 'CA_KUBERNETES_DIR'
  | 'CERTIFICATE_DAYS'
>;

/** The authority that the settings name; they have been checked to fit together. Null: stations get no certificates. */
export function chooseAuthority(settings: AuthoritySettings, now: () => Date): CertificateAuthority | null {
  const { CERTIFICATE_AUTHORITY: kind, CERTIFICATE_DAYS: days, CA_URL: url = '', CA_SECRET: secret = '' } = settings;
  if (kind === 'http') return new HttpCertificateAuthority({ url, secret, days });
  if (kind === 'cert-manager') return certManager(settings);
  return kind === 'local' ? localAuthority(settings, now) : null;
}

function certManager(settings: AuthoritySettings): CertificateAuthority {
  const { CA_ISSUER_NAME: name = '', CA_ISSUER_KIND: kind, CA_ISSUER_GROUP: group, CERTIFICATE_DAYS: days } = settings;
  const { CA_KUBERNETES_URL: url, CA_KUBERNETES_DIR: directory } = settings;
  return new CertManagerCertificateAuthority({ issuer: { name, kind, group }, url, directory, days });
}

/** Null: another authority is set, which keeps its own revocation list. */
export function localAuthority(settings: AuthoritySettings, now: () => Date): LocalCertificateAuthority | null {
  const { CA_CERT_FILE: cert = '', CA_KEY_FILE: key = '', CA_V2G_CERT_FILE: v2gCert, CA_V2G_KEY_FILE: v2gKey } = settings;
  if (settings.CERTIFICATE_AUTHORITY !== 'local') return null;
  const v2g = v2gCert === undefined || v2gKey === undefined ? null : { cert: v2gCert, key: v2gKey };
  return new LocalCertificateAuthority({ stations: { cert, key }, v2g, days: settings.CERTIFICATE_DAYS, now });
}
