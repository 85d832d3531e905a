import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a key is made with, as `openssl genpkey` has it. */
const KEYS = {
  p256: ['EC', 'ec_paramgen_curve:P-256'],
  p384: ['EC', 'ec_paramgen_curve:P-384'],
  p521: ['EC', 'ec_paramgen_curve:P-521'],
  p192: ['EC', 'ec_paramgen_curve:prime192v1'],
  k256: ['EC', 'ec_paramgen_curve:secp256k1'],
  rsa1024: ['RSA', 'rsa_keygen_bits:1024'],
  rsa2048: ['RSA', 'rsa_keygen_bits:2048'],
} as const;
type KeyKind = keyof typeof KEYS;

interface RequestWish {
  key?: KeyKind;
  /** As `openssl req -addext` has them. */
  extensions?: readonly string[];
  digest?: string;
  form?: 'pem' | 'der';
}

/** OpenSSL's own tools in a folder that goes: they make the requests of stations, and judge what we have issued. */
export class Openssl {
  readonly folder = mkdtempSync(join(tmpdir(), 'voltbus-openssl-'));
  private count = 0;

  /** Its output. Throws what it says where it fails. */
  run(args: readonly string[]): string {
    try {
      return execFileSync('openssl', args, { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      throw new Error(String((error as { stderr?: unknown }).stderr ?? error), { cause: error });
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** Files of a new private key. */
  key(kind: KeyKind = 'p256'): string {
    const file = this.path(`${kind}-${this.count++}.key`);
    const [algorithm, option] = KEYS[kind];
    this.run(['genpkey', '-algorithm', algorithm, '-pkeyopt', option, '-out', file]);
    return file;
  }

  /** Files of a CA below another, or of a root. */
  authority(name: string, { key = 'p256', below = null }: { key?: KeyKind; below?: { cert: string; key: string } | null } = {}) {
    const files = { cert: this.path(`${name}.crt`), key: this.key(key) };
    const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    const by = below === null ? [] : ['-CA', below.cert, '-CAkey', below.key];
    this.run([
      'req',
      '-x509',
      '-new',
      '-key',
      files.key,
      '-subj',
      `/O=CPO/CN=${name}`,
      '-days',
      '30',
      '-out',
      files.cert,
      ...by,
      ...extensions,
    ]);
    return files;
  }

  /** A request as a station makes it. The subject is as `openssl req -subj` has it. */
  request(subject: string, { key = 'p256', extensions = [], digest = 'sha256', form = 'pem' }: RequestWish = {}): Buffer {
    const file = this.path(`${this.count++}.csr`);
    const wanted = extensions.flatMap((one) => ['-addext', one]);
    const text = ['-utf8', '-multivalue-rdn'];
    this.run(['req', '-new', '-key', this.key(key), '-subj', subject, `-${digest}`, '-outform', form, '-out', file, ...text, ...wanted]);
    return readFileSync(file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
