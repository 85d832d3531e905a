import type { ConnectionOptions } from 'node:tls';
import { databaseTls } from './database-tls';

/** What is used of the parameters of a database URL. Another one is refused: passed over, it would leave a connection less safe than it looks. */
const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert', 'sslcert', 'sslkey']);

/** Where a database is and who connects to it. */
export interface DatabaseAddress {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
  /** Returns the options of a new connection, with the certificates as they are on disk by then; null: no TLS. */
  tls: (() => ConnectionOptions) | null;
}

/**
 * `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/path/ca.pem`; the host may be a percent-encoded socket folder. Throws, in words for
 * the operator and without the password, naming everything that cannot be read or is not used.
 */
export function addressOf(url: string): DatabaseAddress {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const problems: string[] = [];
  for (const name of new Set(searchParams.keys())) {
    if (!PARAMETERS.has(name)) problems.push(`the parameter ${name} is not used: there are ${[...PARAMETERS].join(', ')}`);
    else if (searchParams.getAll(name).length > 1) problems.push(`the parameter ${name} is given more than once`);
  }
  const decoded = (what: string, text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      problems.push(`the ${what} is not percent-encoded: a % stands as %25`);
      return '';
    }
  };
  const host = decoded('host', hostname.replace(/^\[(.*)\]$/, '$1'));
  const address = {
    host,
    port: port === '' ? 5432 : Number(port),
    username: decoded('user name', username),
    password: decoded('password', password),
    database: decoded('database', pathname.slice(1)),
    tls: databaseTls(searchParams, host, problems),
  };
  if (problems.length > 0) throw new Error(problems.join('; '));
  return address;
}
