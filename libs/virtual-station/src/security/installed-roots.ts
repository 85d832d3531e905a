import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { certificateHash } from './pkijs-certificate-hash';

interface Root {
  type: string;
  pem: string;
}
const OF_CSMS: ReadonlySet<string> = new Set(['CSMSRootCertificate', 'CentralSystemRootCertificate']);
const MAX_ROOTS = 10;

/** The CA certificates of a station (M03, M04, M05). */
export class InstalledRoots {
  private roots: Root[] = [];

  /** In PEM, by which it believes the CSMS; null: none is installed. */
  get ofCsms(): string | null {
    const pems = this.roots.filter(({ type }) => OF_CSMS.has(type)).map(({ pem }) => pem);
    return pems.length === 0 ? null : pems.join('\n');
  }

  install(type: string, pem: string): 'Accepted' | 'Rejected' {
    if (!isAuthority(pem) || this.roots.length >= MAX_ROOTS) return 'Rejected';
    this.roots = [...this.roots.filter((one) => one.type !== type || one.pem !== pem), { type, pem }];
    return 'Accepted';
  }

  /** M04.FR.06: not the last root by which it believes the CSMS, while it `needs` one. */
  remove(hash: unknown, needs: boolean): 'Accepted' | 'Failed' | 'NotFound' {
    const found = this.roots.find(({ pem }) => isDeepStrictEqual(certificateHash(pem), hash));
    if (found === undefined) return 'NotFound';
    const left = this.roots.filter((one) => one !== found);
    if (needs && OF_CSMS.has(found.type) && !left.some(({ type }) => OF_CSMS.has(type))) return 'Failed';
    this.roots = left;
    return 'Accepted';
  }

  /** Null: all of them. */
  list(types: readonly string[] | null): { type: string; hash: Record<string, string> }[] {
    const wanted = this.roots.filter(({ type }) => types?.includes(type) ?? true);
    return wanted.map(({ type, pem }) => ({ type, hash: certificateHash(pem) }));
  }
}

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}
