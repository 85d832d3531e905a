import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestCertificate, startResponder, type Responder } from '@voltbus/testing';

/** The eMAID as a station writes it, and as its certificate does. */
export const EMAID = 'DE-8AA-C0CERT501-X';
const COMMON_NAME = 'DE8AAC0CERT501X';

/** What the contract pool has for every car: a message for each of its contracts. */
export const POOL_ANSWERS = ['first', 'second'].map((which) => Buffer.from(`the ${which} contract of a car`).toString('base64'));

/** A mobility operator for Plug & Charge: a root that the system trusts, a sub-CA, and an OCSP responder that it may ask. */
export class ContractPki {
  private constructor(
    readonly responder: Responder,
    private readonly root: TestCertificate,
    readonly sub: TestCertificate,
    private readonly pool: ReturnType<typeof createServer>,
  ) {}

  static async start(): Promise<ContractPki> {
    const responder = await startResponder();
    const root = await TestCertificate.root('Certified MO Root');
    const pool = createServer((_request, response) => {
      const emaidContent = POOL_ANSWERS.map((answer) => ({
        messageDef: { certificateInstallationRes: answer, certificateUpdateRes: answer },
      }));
      response.end(JSON.stringify({ CCPResponse: { emaidContent } }));
    }).listen(0, '127.0.0.1');
    await once(pool, 'listening');
    return new ContractPki(responder, root, await root.ca('Certified MO Sub-CA', { ocspUrl: responder.url }), pool);
  }

  async close(): Promise<void> {
    this.pool.close();
    await this.responder.close();
  }

  /** What the operator sets. */
  get env(): Record<string, string> {
    const { port } = this.pool.address() as AddressInfo; // it listens on a port
    const pool = { VOLTBUS_CONTRACT_POOL_URL: `http://127.0.0.1:${port}/` };
    return { VOLTBUS_CONTRACT_ROOTS: this.root.pem, VOLTBUS_OCSP_HOSTS: this.responder.host, ...pool };
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
