import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tlsFileProblems } from '@voltbus/tls';
import type { z } from 'zod';
import type { settingsSchema } from './settings';

type Given = z.output<typeof settingsSchema>;
type Name = 'CA' | 'CA_V2G';

/** Everything that does not fit together in who issues certificates to stations, and files that cannot be used. */
export function certificateAuthorityProblems(given: Given): string[] {
  const { CERTIFICATE_AUTHORITY: kind, CA_URL, CA_V2G_CERT_FILE, CA_V2G_KEY_FILE } = given;
  if (kind === 'http') return CA_URL === undefined ? ['VOLTBUS_CA_URL is required with VOLTBUS_CERTIFICATE_AUTHORITY=http'] : [];
  if (kind === 'cert-manager')
    return given.CA_ISSUER_NAME === undefined ? ['VOLTBUS_CA_ISSUER_NAME is required with VOLTBUS_CERTIFICATE_AUTHORITY=cert-manager'] : [];
  if (kind === 'none') return [];
  const hasV2g = CA_V2G_CERT_FILE !== undefined || CA_V2G_KEY_FILE !== undefined;
  return [...pairProblems(given, 'CA'), ...(hasV2g ? pairProblems(given, 'CA_V2G') : [])];
}

function pairProblems(given: Given, name: Name): string[] {
  const [cert, key] = [given[`${name}_CERT_FILE`], given[`${name}_KEY_FILE`]];
  const missing = Object.entries({ CERT_FILE: cert, KEY_FILE: key }).filter(([, path]) => path === undefined);
  if (cert === undefined || key === undefined)
    return missing.map(([member]) => `VOLTBUS_${name}_${member} is required with VOLTBUS_CERTIFICATE_AUTHORITY=local`);
  const problems = tlsFileProblems({ cert, key });
  if (problems.length > 0)
    return problems.map(
      ({ member, message }) => `VOLTBUS_${name}_${member.toUpperCase()}_FILE: ${member === 'key' ? key : cert}: ${message}`,
    );
  return isAuthority(cert) ? [] : [`VOLTBUS_${name}_CERT_FILE: ${cert} does not begin with the certificate of a CA`];
}

function isAuthority(path: string): boolean {
  return new X509Certificate(readFileSync(path)).ca;
}
