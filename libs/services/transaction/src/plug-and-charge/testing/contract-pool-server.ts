import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { TestCertificate } from '@voltbus/testing';

interface Asked {
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

/** A contract certificate pool on this machine, which makes real chains: its messages carry them in PEM, where a real one has EXI. */
export class ContractPoolServer {
  readonly asked: Asked[] = [];
  /** What it answers instead. */
  answer: ((response: ServerResponse) => void) | null = null;
  /** The contracts of each car, by the names of their certificates. */
  names: readonly string[] = [];

  private constructor(
    readonly root: TestCertificate,
    private readonly sub: TestCertificate,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(): Promise<ContractPoolServer> {
    const root = await TestCertificate.root('MO Root');
    const pool: ContractPoolServer = new ContractPoolServer(
      root,
      await root.ca('MO Sub-CA', { pathLength: 0 }),
      createServer((request, response) => void pool.receive(request, response)),
    );
    pool.server.listen(0, '127.0.0.1');
    await once(pool.server, 'listening');
    return pool;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1/ccp/signedContractData`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    this.asked.push({ headers: request.headers, body });
    if (this.answer !== null) return this.answer(response);
    if (this.names.length === 0) return void response.writeHead(404).end();
    const member = 'certificateUpdateReq' in body ? 'certificateUpdateRes' : 'certificateInstallationRes';
    const emaidContent = await Promise.all(
      this.names.map(async (emaid) => ({ messageDef: { [member]: await this.chainOf(emaid), emaid, more: 1 } })),
    );
    const CCPResponse = { emaidContent, xsdMsgDefNamespace: body['xsdMsgDefNamespace'] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ CCPResponse }));
  }

  private async chainOf(emaid: string): Promise<string> {
    const { pem } = await this.sub.leaf(emaid);
    return Buffer.from(pem + this.sub.pem).toString('base64');
  }
}
