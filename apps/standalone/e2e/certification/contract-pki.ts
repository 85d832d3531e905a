import { TestCertificate, startResponder, type Responder } from '@voltbus/testing';

/** The eMAID as a station writes it, and as its certificate does. */
export const EMAID = 'DE-8AA-C0CERT501-X';
const COMMON_NAME = 'DE8AAC0CERT501X';

/** A mobility operator for Plug & Charge: a root that the system trusts, a sub-CA, and an OCSP responder that it may ask. */
export class ContractPki {
  private constructor(
    readonly responder: Responder,
    private readonly root: TestCertificate,
    readonly sub: TestCertificate,
  ) {}

  static async start(): Promise<ContractPki> {
    const responder = await startResponder();
    const root = await TestCertificate.root('Certified MO Root');
    return new ContractPki(responder, root, await root.ca('Certified MO Sub-CA', { ocspUrl: responder.url }));
  }

  /** What the operator sets. */
  get env(): Record<string, string> {
    return { VOLTBUS_CONTRACT_ROOTS: this.root.pem, VOLTBUS_OCSP_HOSTS: this.responder.host };
  }

  /** A new contract, and the revocation status that the responder gives it from now on. */
  async contract(status: 'good' | 'revoked'): Promise<TestCertificate> {
    const contract = await this.sub.leaf(COMMON_NAME, { ocspUrl: this.responder.url });
    const { sub, root } = this;
    this.responder.says((serial) =>
      serial === contract.serial ? { status, signer: sub, enclosed: [sub] } : { status: 'good', signer: root },
    );
    return contract;
  }
}
