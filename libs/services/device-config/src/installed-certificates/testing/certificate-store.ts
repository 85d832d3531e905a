import { isDeepStrictEqual } from 'node:util';
import type { TestCertificate } from '@voltbus/testing';
import type { FakeCommands } from '../../testing/fake-commands';

interface Held {
  type: string;
  certificate: TestCertificate;
  children: readonly TestCertificate[];
}
type Algorithm = 'SHA256' | 'SHA384' | 'SHA512';

/** The certificates in a station: it knows those that it may be sent by their PEM, and names them by hashes of its own. */
export class CertificateStore {
  readonly held: Held[] = [];
  /** What it answers to InstallCertificate and DeleteCertificate instead. */
  refuses: string | null = null;
  algorithm: Algorithm = 'SHA256';

  constructor(
    private readonly known: readonly TestCertificate[],
    private readonly protocol: string,
  ) {}

  holds(type: string, certificate: TestCertificate, children: readonly TestCertificate[] = []): void {
    this.held.push({ type, certificate, children });
  }

  /** Answers the commands as the station would. */
  behind(commands: FakeCommands): void {
    commands.answer('InstallCertificate', (payload) => ({ response: { status: this.install(payload) } }));
    commands.answer('DeleteCertificate', (payload) => ({ response: { status: this.delete(payload) } }));
    commands.answer('GetInstalledCertificateIds', (payload) => ({ response: this.list(payload) }));
  }

  list({ certificateType }: Record<string, unknown>): Record<string, unknown> {
    const wanted = this.held.filter(({ type }) => certificateType === undefined || [certificateType].flat().includes(type));
    if (wanted.length === 0) return { status: 'NotFound' };
    if (this.protocol === 'ocpp1.6')
      return { status: 'Accepted', certificateHashData: wanted.map(({ certificate }) => this.hashData(certificate)) };
    const chains = wanted.map(({ type, certificate, children }) => ({
      ...{ certificateType: type, certificateHashData: this.hashData(certificate) },
      ...(children.length === 0 ? {} : { childCertificateHashData: children.map((child) => this.hashData(child)) }),
    }));
    return { status: 'Accepted', certificateHashDataChain: chains };
  }

  private install({ certificateType, certificate }: Record<string, unknown>): string {
    if (this.refuses !== null) return this.refuses;
    const found = this.known.find(({ pem }) => pem.trim() === String(certificate).trim());
    if (found !== undefined) this.holds(String(certificateType), found);
    return found === undefined ? 'Failed' : 'Accepted';
  }

  private delete({ certificateHashData }: Record<string, unknown>): string {
    if (this.refuses !== null) return this.refuses;
    const at = this.held.findIndex(({ certificate }) => isDeepStrictEqual(this.hashData(certificate), certificateHashData));
    if (at >= 0) this.held.splice(at, 1);
    return at < 0 ? 'NotFound' : 'Accepted';
  }

  hashData(certificate: TestCertificate): object {
    const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = certificate.hashData('', this.algorithm);
    return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber };
  }
}
