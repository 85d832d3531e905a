import { HttpOcsp } from '@voltbus/pki';
import { silentLogger, startResponder, testMetrics, TestCertificate, type Responder, type TestMetrics } from '@voltbus/testing';
import { TransactionTelemetry } from '../../telemetry';
import { ContractCertificates, type ContractCertificateSettings, type PresentedCertificate } from '../contract-certificates';

const EMAID = 'DE-8AA-C12345678-X';
/** The common name of its certificate. */
export const NAME = 'DE8AAC12345678X';

/** The CAs of a mobility operator, and the OCSP responder that their certificates name. */
export class ContractPki {
  private judgeMetrics: TestMetrics = testMetrics();

  private constructor(
    readonly responder: Responder,
    readonly root: TestCertificate,
    readonly sub1: TestCertificate,
    readonly sub2: TestCertificate,
  ) {}

  static async start(): Promise<ContractPki> {
    const responder = await startResponder();
    const options = { ocspUrl: responder.url };
    const root = await TestCertificate.root('MO Root');
    const sub1 = await root.ca('MO Sub-CA 1', options);
    return new ContractPki(responder, root, sub1, await sub1.ca('MO Sub-CA 2', { ...options, pathLength: 0 }));
  }

  /** Of the last judge. */
  get metrics(): TestMetrics {
    return this.judgeMetrics;
  }

  close(): Promise<void> {
    return this.responder.close();
  }

  contract(options: object = {}): Promise<TestCertificate> {
    return this.sub2.leaf(NAME, { ocspUrl: this.responder.url, ...options });
  }

  /** Each certificate's own issuer signs what is said of it; `revoked` and `unknown` name those of which it is. */
  responderSays(about: readonly TestCertificate[], statuses: { revoked?: TestCertificate; unknown?: TestCertificate } = {}): void {
    this.responder.says((serial) => {
      const one = about.find((other) => other.serial === serial);
      if (one === undefined) throw new Error(`nobody expects ${serial}`);
      const status = one === statuses.revoked ? 'revoked' : one === statuses.unknown ? 'unknown' : 'good';
      return { status, signer: issuerOf(one), enclosed: [this.sub1, this.sub2] };
    });
  }

  judging(change: Partial<ContractCertificateSettings> = {}): ContractCertificates {
    this.judgeMetrics = testMetrics();
    const settings: ContractCertificateSettings = { roots: this.root.pem, ocspUnavailable: 'refuse' };
    return new ContractCertificates(
      { ...settings, ...change },
      new HttpOcsp([this.responder.host]),
      new TransactionTelemetry(silentLogger, this.judgeMetrics),
    );
  }

  /** As a station sends it that could not validate it. */
  chain(leaf: TestCertificate): PresentedCertificate {
    return { emaid: EMAID, certificate: leaf.pem + this.sub2.pem + this.sub1.pem, hashData: [] };
  }

  /** As a station sends it that has validated it. */
  hashes(leaf: TestCertificate): PresentedCertificate {
    return { emaid: EMAID, certificate: undefined, hashData: [leaf, this.sub2, this.sub1].map((one) => one.hashData(this.responder.url)) };
  }
}

function issuerOf(certificate: TestCertificate): TestCertificate {
  return certificate.issuer ?? certificate;
}
