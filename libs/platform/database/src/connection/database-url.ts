import { readFileSync } from 'node:fs';

/** What is used of the parameters of a database URL. Another one is refused: passed over, it would leave a connection less safe than it looks. */
const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert', 'sslcert', 'sslkey']);

/** `disable`: no TLS. `require`: encrypted, the server's certificate is not checked. `verify-ca` is `verify-full`: Node checks both. */
const SSL_MODES: ReadonlySet<string> = new Set(['disable', 'require', 'verify-ca', 'verify-full']);

interface Tls {
  rejectUnauthorized: boolean;
  ca?: string;
  cert?: string;
  key?: string;
}

/** Where a database is and who connects to it, as TypeORM and pg take it. */
interface DatabaseAddress {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
  ssl: false | Tls;
}

/**
 * `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/path/ca.pem`; the host may be a percent-encoded socket folder. Throws, in words for
 * the operator and without the password, where a part cannot be read or is not used.
 */
export function addressOf(url: string): DatabaseAddress {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  for (const name of searchParams.keys())
    if (!PARAMETERS.has(name)) throw new Error(`the parameter ${name} is not used: there are ${[...PARAMETERS].join(', ')}`);
  return {
    host: decoded('host', hostname.replace(/^\[(.*)\]$/, '$1')),
    port: port === '' ? 5432 : Number(port),
    username: decoded('user name', username),
    password: decoded('password', password),
    database: decoded('database', pathname.slice(1)),
    ssl: tlsOf(searchParams),
  };
}

function decoded(what: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`the ${what} is not percent-encoded: a % stands as %25`);
  }
}

function tlsOf(parameters: URLSearchParams): false | Tls {
  const mode = parameters.get('sslmode');
  if (mode !== null && !SSL_MODES.has(mode)) throw new Error(`sslmode=${mode} is not known: there are ${[...SSL_MODES].join(', ')}`);
  const [ca, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => contentOf(name, parameters.get(name)));
  const files = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  const named = Object.keys(files).length > 0;
  if (mode === null || mode === 'disable') {
    if (named) throw new Error('certificates are of no use without sslmode=require, verify-ca or verify-full');
    return false;
  }
  return { rejectUnauthorized: mode !== 'require', ...files };
}

function contentOf(name: string, file: string | null): string | undefined {
  if (file === null) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
