import { z } from 'zod';
import { secret, webUrl, whole } from './setting-forms';

const file = (what: string) => z.string().optional().describe(what);

/** Who issues certificates to stations (docs/how-to/run-a-certificate-authority.md). */
export const certificateAuthoritySettings = {
  CERTIFICATE_AUTHORITY: z
    .enum(['none', 'local', 'http', 'cert-manager'])
    .default('none')
    .describe(
      'Who issues certificates to stations that ask for one: nobody, the key of VOLTBUS_CA_KEY_FILE, the service at VOLTBUS_CA_URL, or the issuer VOLTBUS_CA_ISSUER_NAME of cert-manager. Of the api and the device-config process alike',
    ),
  CA_CERT_FILE: file('File of the certificate (PEM) of the local CA, followed by those between it and the root'),
  CA_KEY_FILE: file('File of its private key (PEM), without a passphrase; both are read for each certificate, by device-config only'),
  CA_V2G_CERT_FILE: file('The same of the CA of certificates for ISO 15118; absent: the local authority issues none'),
  CA_V2G_KEY_FILE: file('File of its private key'),
  CA_CRL_FILE: file('File to which device-config writes the revocation list of the local CA (PEM); absent: to none'),
  CA_URL: webUrl.optional().describe('Service that issues certificates to stations (docs/reference/certificate-authority-port.md)'),
  CA_SECRET: secret.optional().describe('Bearer token for that service, 32 characters or more'),
  CA_ISSUER_NAME: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be a name of a Kubernetes object')
    .optional()
    .describe('Issuer of cert-manager that certificates of stations are requested from'),
  CA_ISSUER_KIND: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/, 'must be a kind of Kubernetes objects')
    .default('Issuer')
    .describe('Its kind: Issuer (in the namespace of the pod), ClusterIssuer, or that of an external issuer'),
  CA_ISSUER_GROUP: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be an API group of Kubernetes')
    .default('cert-manager.io')
    .describe('Its API group'),
  CA_KUBERNETES_URL: z
    .url({ protocol: /^https$/, error: 'must be https://…' })
    .default('https://kubernetes.default.svc')
    .describe('Kubernetes API server to which device-config writes certificate requests'),
  CA_KUBERNETES_DIR: z
    .string()
    .default('/var/run/secrets/kubernetes.io/serviceaccount')
    .describe('Folder with token, ca.crt and namespace of the service account; read for each call'),
  CERTIFICATE_DAYS: whole(1, 3_650)
    .default(365)
    .describe('Days that a certificate of a station is valid; never longer than that of the CA'),
  CERTIFICATE_RENEWAL_DAYS: whole(0, 365)
    .default(30)
    .describe(
      'Days before its end on which a station is asked to renew its certificate, within the last third of its life; 0: none is asked unless an operator does',
    ),
};
