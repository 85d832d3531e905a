import type { ConnectionOptions } from 'node:tls';
import { TlsFiles, tlsFileProblems, type TlsPaths } from '@voltbus/tls';

/**
 * As libpq means them. `disable`: no TLS. `require`: encrypted; the server's certificate is checked only where `sslrootcert` is given. `verify-ca`: it must come from
 * `sslrootcert`, whatever name it has. `verify-full`: its name is checked too; without `sslrootcert` it must come from a public CA that Node knows.
 */
const SSL_MODES: ReadonlySet<string> = new Set(['disable', 'require', 'verify-ca', 'verify-full']);
const MEMBERS = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const;

/** The TLS options that a URL asks for; null: none. Adds to `problems` what is wrong with them. */
export function databaseTls(parameters: URLSearchParams, host: string, problems: string[]): (() => ConnectionOptions) | null {
  const mode = parameters.get('sslmode') ?? 'disable';
  const paths = {
    ca: parameters.get('sslrootcert') ?? undefined,
    cert: parameters.get('sslcert') ?? undefined,
    key: parameters.get('sslkey') ?? undefined,
  };
  const found = [
    ...modeProblems(mode, paths, host),
    ...tlsFileProblems(paths).map(({ member, message }) => `${MEMBERS[member]}: ${message}`),
  ];
  problems.push(...found);
  if (mode === 'disable' || found.length > 0) return null;
  const files = new TlsFiles(paths);
  const checks = checksOf(mode, paths.ca !== undefined);
  return () => ({ ...checks, secureContext: files.secureContext() });
}

function modeProblems(mode: string, { ca, cert, key }: TlsPaths, host: string): string[] {
  if (!SSL_MODES.has(mode)) return [`sslmode=${mode} is not known: there are ${[...SSL_MODES].join(', ')}`];
  const problems: string[] = [];
  const named = ca !== undefined || cert !== undefined || key !== undefined;
  if (mode === 'disable' && named) problems.push('certificates are of no use without sslmode=require, verify-ca or verify-full');
  if (mode !== 'disable' && host.startsWith('/')) problems.push(`sslmode=${mode} is of no use on a socket, where Postgres has no TLS`);
  if (mode === 'verify-ca' && ca === undefined) problems.push('sslmode=verify-ca needs sslrootcert: else any public certificate would do');
  if (cert !== undefined && key === undefined) problems.push('sslcert is of no use without sslkey');
  if (key !== undefined && cert === undefined) problems.push('sslkey is of no use without sslcert');
  return problems;
}

/** pg compares the certificate with the host, address or name, unless told otherwise. */
function checksOf(mode: string, hasRoot: boolean): ConnectionOptions {
  if (mode === 'verify-full') return { rejectUnauthorized: true };
  if (mode === 'require' && !hasRoot) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, checkServerIdentity: () => undefined };
}
