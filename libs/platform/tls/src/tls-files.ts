import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { certificatesProblem } from './certificates';

/** The PEM files of a connection, all optional. */
export interface TlsPaths {
  /** CAs that the server's certificate must come from; absent: the public ones that Node knows. */
  ca?: string | undefined;
  /** The client's certificate, with its chain. */
  cert?: string | undefined;
  /** Its private key, not encrypted. */
  key?: string | undefined;
}

type Member = keyof TlsPaths;
type Contents = { [member in Member]?: string };
interface Problem {
  member: Member;
  message: string;
}

const ENCRYPTED = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/;

/** Everything that is wrong with the files; empty where a connection can be made with them. */
export function tlsFileProblems(paths: TlsPaths): Problem[] {
  const { contents, problems } = read(paths);
  return [...problems, ...contentProblems(contents)];
}

/**
 * The files as a secure context, read again for each new connection. The constructor throws where they cannot be used; later the last good ones are used until
 * the files can be used again, because a renewal may be half written.
 */
export class TlsFiles {
  private contents: Contents;
  private context: SecureContext;

  constructor(private readonly paths: TlsPaths) {
    const { contents, problems } = read(paths);
    const all = [...problems, ...contentProblems(contents)];
    if (all.length > 0) throw new Error(all.map(({ member, message }) => `${paths[member]}: ${message}`).join('; '));
    this.contents = contents;
    this.context = createSecureContext(contents);
  }

  secureContext(): SecureContext {
    const { contents, problems } = read(this.paths);
    if (problems.length > 0 || isSame(contents, this.contents)) return this.context;
    try {
      this.context = createSecureContext(contents); // throws for a key of another certificate
      this.contents = contents;
    } catch {
      // Tried again at the next connection.
    }
    return this.context;
  }
}

function read(paths: TlsPaths): { contents: Contents; problems: Problem[] } {
  const contents: Contents = {};
  const problems: Problem[] = [];
  for (const member of ['ca', 'cert', 'key'] as const) {
    const path = paths[member];
    if (path === undefined) continue;
    try {
      contents[member] = readFileSync(path, 'utf8');
    } catch (error) {
      problems.push({ member, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { contents, problems };
}

function isSame(one: Contents, other: Contents): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key === other.key;
}

function contentProblems({ ca, cert, key }: Contents): Problem[] {
  const problems: Problem[] = [];
  const note = (member: Member, message: string | null): void => void (message !== null && problems.push({ member, message }));
  if (ca !== undefined) note('ca', certificatesProblem(ca));
  if (cert !== undefined) note('cert', certificatesProblem(cert) ?? validityProblem(new X509Certificate(cert)));
  if (key === undefined) return problems;
  const privateKey = privateKeyOf(key);
  if (typeof privateKey === 'string') note('key', privateKey);
  else if (cert !== undefined && certificatesProblem(cert) === null && !new X509Certificate(cert).checkPrivateKey(privateKey))
    note('key', 'is the key of another certificate');
  return problems;
}

function validityProblem({ validTo }: X509Certificate): string | null {
  return Date.parse(validTo) < Date.now() ? `expired at ${new Date(validTo).toISOString()}` : null;
}

function privateKeyOf(pem: string): KeyObject | string {
  if (ENCRYPTED.test(pem)) return 'is encrypted: give one without a passphrase';
  try {
    return createPrivateKey(pem);
  } catch {
    return 'holds no private key in PEM';
  }
}
