import { PLAIN, type ConnectionSecurity } from './connection-security';

/** Types of the fields of PROXY protocol version 2, section 2.2. */
const SSL = 0x20;
const SSL_COMMON_NAME = 0x22;
/** Bits of the client field: the station used TLS, and presented a certificate, in this connection or in the one of its session. */
const CLIENT_TLS = 0x01;
const CLIENT_CERTIFICATE = 0x02 | 0x04;
const FIELD_BYTES = 3;
/** The client field, and the result of the verification: 0 when the certificate is fine. */
const SSL_FIXED_BYTES = 5;

/** What a PROXY header says of the TLS of a station: HAProxy's `send-proxy-v2-ssl`, and with the common name `send-proxy-v2-ssl-cn`. */
export function proxySecurity(fields: Buffer): ConnectionSecurity {
  const ssl = fieldOf(fields, SSL);
  if (ssl === null || ssl.length < SSL_FIXED_BYTES) return PLAIN;
  const client = ssl.readUInt8(0);
  if ((client & CLIENT_TLS) === 0) return PLAIN;
  if ((client & CLIENT_CERTIFICATE) === 0) return { encrypted: true, certificate: null };
  const commonName = fieldOf(ssl.subarray(SSL_FIXED_BYTES), SSL_COMMON_NAME)?.toString('utf8') ?? '';
  return { encrypted: true, certificate: { by: 'named', commonName, flaw: ssl.readUInt32BE(1) === 0 ? null : 'untrusted' } };
}

/** The first field of the type; null where there is none, or where a length goes beyond the end. */
function fieldOf(fields: Buffer, wanted: number): Buffer | null {
  for (let at = 0; at + FIELD_BYTES <= fields.length;) {
    const end = at + FIELD_BYTES + fields.readUInt16BE(at + 1);
    if (end > fields.length) return null;
    if (fields.readUInt8(at) === wanted) return fields.subarray(at + FIELD_BYTES, end);
    at = end;
  }
  return null;
}
