import { z } from 'zod';
import { secret, webUrl, whole } from './setting-forms';

const file = (what: string) => z.string().optional().describe(what);

/** Who issues certificates to stations (docs/how-to/run-a-certificate-authority.md). */
export const certificateAuthoritySettings = {
  CERTIFICATE_AUTHORITY: z
    .enum(['none', 'local', 'http'])
    .default('none')
    .describe(
      'Who issues certificates to stations that ask for one: nobody, the key of VOLTBUS_CA_KEY_FILE, or the service at VOLTBUS_CA_URL. Of the api and the device-config process alike',
    ),
  CA_CERT_FILE: file('File of the certificate (PEM) of the local CA, followed by those between it and the root'),
  CA_KEY_FILE: file('File of its private key (PEM), without a passphrase; both are read for each certificate, by device-config only'),
  CA_V2G_CERT_FILE: file('The same of the CA of certificates for ISO 15118; absent: the local authority issues none'),
  CA_V2G_KEY_FILE: file('File of its private key'),
  CA_CRL_FILE: file('File to which device-config writes the revocation list of the local CA (PEM); absent: to none'),
  CA_URL: webUrl.optional().describe('Service that issues certificates to stations (docs/reference/certificate-authority-port.md)'),
  CA_SECRET: secret.optional().describe('Bearer token for that service, 32 characters or more'),
  CERTIFICATE_DAYS: whole(1, 3_650)
    .default(365)
    .describe('Days that a certificate of a station is valid; never longer than that of the CA'),
  CERTIFICATE_RENEWAL_DAYS: whole(0, 365)
    .default(30)
    .describe(
      'Days before its end on which a station is asked to renew its certificate, within the last third of its life; 0: none is asked unless an operator does',
    ),
};
