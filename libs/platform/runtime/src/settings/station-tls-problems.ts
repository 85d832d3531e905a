import { readFileSync } from 'node:fs';
import { certificatesProblem, tlsFileProblems } from '@voltbus/tls';
import type { z } from 'zod';
import type { settingsSchema } from './settings';

type Given = z.output<typeof settingsSchema>;

const PREFIX = 'VOLTBUS_OCPP_';
/** Forms of a proxy's word whose certificate is judged here, so that there must be a CA to judge it by. */
const WITH_CERTIFICATES: readonly Given['OCPP_PROXY_TLS'][] = ['client-cert', 'xfcc', 'aws', 'nginx'];

/** Everything that does not fit together in how stations reach the gateways, and files that cannot be used. */
export function stationTlsProblems(given: Given): string[] {
  return [...listenerProblems(given), ...proxyProblems(given), ...pairProblems(given), ...authorityProblems(given)];
}

function listenerProblems({ OCPP_PLAIN, OCPP_TLS_PORT, OCPP_TLS_CERT_FILES, OCPP_PORT }: Given): string[] {
  const problems: string[] = [];
  if (!OCPP_PLAIN && OCPP_TLS_PORT === undefined) problems.push(`${PREFIX}PLAIN: false leaves no port without ${PREFIX}TLS_PORT`);
  if (OCPP_TLS_PORT !== undefined && OCPP_TLS_CERT_FILES === undefined)
    problems.push(`${PREFIX}TLS_CERT_FILES is required with ${PREFIX}TLS_PORT`);
  if (OCPP_PLAIN && OCPP_TLS_PORT !== undefined && OCPP_TLS_PORT !== 0 && OCPP_TLS_PORT === OCPP_PORT)
    problems.push(`${PREFIX}TLS_PORT: is ${PREFIX}PORT`);
  return problems;
}

function proxyProblems({ OCPP_PROXY_TLS: form, OCPP_PROXY_PROTOCOL, OCPP_TRUSTED_PROXIES, OCPP_TLS_CLIENT_CA_FILES }: Given): string[] {
  const problems: string[] = [];
  if (form !== 'none' && OCPP_TRUSTED_PROXIES === undefined)
    problems.push(`${PREFIX}TRUSTED_PROXIES is required with ${PREFIX}PROXY_TLS=${form}`);
  if (form === 'proxy-protocol' && !OCPP_PROXY_PROTOCOL)
    problems.push(`${PREFIX}PROXY_TLS: proxy-protocol is of no use without ${PREFIX}PROXY_PROTOCOL=true`);
  if (WITH_CERTIFICATES.includes(form) && OCPP_TLS_CLIENT_CA_FILES === undefined)
    problems.push(`${PREFIX}TLS_CLIENT_CA_FILES is required with ${PREFIX}PROXY_TLS=${form}`);
  return problems;
}

function pairProblems({ OCPP_TLS_CERT_FILES: certs = [], OCPP_TLS_KEY_FILES: keys = [] }: Given): string[] {
  if (certs.length !== keys.length)
    return [`${PREFIX}TLS_KEY_FILES: has ${keys.length} files where ${PREFIX}TLS_CERT_FILES has ${certs.length}`];
  return certs.flatMap((cert, index) =>
    tlsFileProblems({ cert, key: keys[index] }).map(
      ({ member, message }) => `${PREFIX}TLS_${member.toUpperCase()}_FILES: ${(member === 'key' ? keys[index] : cert) ?? ''}: ${message}`,
    ),
  );
}

function authorityProblems({ OCPP_TLS_CLIENT_CA_FILES: cas = [], OCPP_TLS_CRL_FILES: crls = [] }: Given): string[] {
  const unused = crls.length > 0 && cas.length === 0 ? [`${PREFIX}TLS_CRL_FILES: is of no use without ${PREFIX}TLS_CLIENT_CA_FILES`] : [];
  const unreadable = crls.flatMap((path) => problemOf(path, () => null).map((message) => `${PREFIX}TLS_CRL_FILES: ${message}`));
  // Not whether one has expired: a CA that has may stand beside its successor.
  const bad = cas.flatMap((ca) => problemOf(ca, certificatesProblem).map((message) => `${PREFIX}TLS_CLIENT_CA_FILES: ${message}`));
  return [...unused, ...unreadable, ...bad];
}

function problemOf(path: string, check: (content: string) => string | null): string[] {
  try {
    const problem = check(readFileSync(path, 'latin1'));
    return problem === null ? [] : [`${path}: ${problem}`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
