import { z } from 'zod';
import { commaSeparated, port } from './setting-forms';

/** Files of one kind. Server certificates are looked through for the name that a station asks for. */
const MAX_FILES = 100;
const FORMS = ['none', 'proxy-protocol', 'forwarded-proto', 'client-cert', 'xfcc', 'aws', 'nginx'] as const;

const files = (what: string) =>
  commaSeparated
    .pipe(z.array(z.string()).min(1).max(MAX_FILES))
    .optional()
    .describe(`Files, comma separated, ${what}; they are looked at every 10 seconds, and used from the next handshake on`);

/** How stations reach the gateways over TLS, and what proves who they are (docs/how-to/put-tls-before-stations.md). */
export const stationTlsSettings = {
  OCPP_PLAIN: z
    .stringbool({ error: 'must be true or false' })
    .default(true)
    .describe('Whether there is a port without TLS at all (VOLTBUS_OCPP_PORT); false needs VOLTBUS_OCPP_TLS_PORT'),
  OCPP_TLS_PORT: port.optional().describe('Port for OCPP over TLS (security profiles 2 and 3); 0 takes a free one; absent: there is none'),
  OCPP_TLS_CERT_FILES: files(
    'of the server certificates (PEM), each with its chain: a station is shown those for the name that it asks for, which may be one of ECDSA beside one of RSA, else the first',
  ),
  OCPP_TLS_KEY_FILES: files('of their private keys (PEM), without passphrases and in the same order'),
  OCPP_TLS_CLIENT_CA_FILES: files(
    'of the CAs (PEM) that client certificates of stations come from (security profile 3); absent: none is asked for',
  ),
  OCPP_TLS_CRL_FILES: files('of revocation lists of these CAs (PEM or DER), of 1 MiB each at most; absent: none is looked at'),
  OCPP_TLS_MIN_VERSION: z
    .enum(['1.2', '1.3'])
    .default('1.2')
    .describe('The lowest version of TLS; stations of OCPP must be able to use 1.2'),
  OCPP_TLS_REVOCATION_UNAVAILABLE: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe(
      'A station whose certificate is in no current revocation list of its CA, where there are lists, or whose responder (VOLTBUS_OCSP_HOSTS) does not answer',
    ),
  OCPP_PROXY_TLS: z
    .enum(FORMS)
    .default('none')
    .describe(
      'How the proxies of VOLTBUS_OCPP_TRUSTED_PROXIES, where they end the TLS of stations, pass on what they know of it: fields of the PROXY protocol (v2), `X-Forwarded-Proto`, and beside that the client certificate in `Client-Cert` (RFC 9440), `X-Forwarded-Client-Cert` (Envoy), `X-Amzn-Mtls-Clientcert` (AWS) or `ssl-client-cert` (nginx)',
    ),
};
