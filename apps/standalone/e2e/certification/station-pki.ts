import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { TestCertificate } from '@voltbus/testing';

/** Whose certificates prove the stations of the default tenant. */
export const ORGANIZATION = 'Certified CPO';
const SERVER_NAME = 'csms.certified.test';

/** The CA of a CPO: certificates of its CSMS and of its stations, and those of somebody else. */
export class StationPki {
  private constructor(
    private readonly folder: string,
    private readonly ca: TestCertificate,
    private readonly other: TestCertificate,
  ) {}

  static async start(): Promise<StationPki> {
    const [ca, other] = await Promise.all([TestCertificate.root('Certified CPO CA'), TestCertificate.root('Certified CPO CA')]);
    const pki = new StationPki(mkdtempSync(join(tmpdir(), 'voltbus-certified-')), ca, other);
    const server = await ca.leaf('csms', { names: [SERVER_NAME] });
    for (const [name, text] of Object.entries({ 'ca.crt': ca.pem, 'server.crt': server.pem, 'server.key': server.keyPem }))
      writeFileSync(join(pki.folder, name), text);
    return pki;
  }

  /** What the operator sets. */
  get env(): Record<string, string> {
    const file = (name: string) => join(this.folder, name);
    return {
      VOLTBUS_OCPP_TLS_PORT: '0',
      VOLTBUS_OCPP_TLS_CERT_FILES: file('server.crt'),
      VOLTBUS_OCPP_TLS_KEY_FILES: file('server.key'),
      VOLTBUS_OCPP_TLS_CLIENT_CA_FILES: file('ca.crt'),
    };
  }

  /** How a station trusts the CSMS. */
  get trust(): ConnectionOptions {
    return { ca: this.ca.pem, servername: SERVER_NAME };
  }

  /** The same with a certificate of its own. */
  async certified(station: string): Promise<ConnectionOptions> {
    return this.with(await this.ca.leaf(station, { organization: ORGANIZATION }));
  }

  /** The same with a certificate of that name that another CA has issued. */
  async counterfeit(station: string): Promise<ConnectionOptions> {
    return this.with(await this.other.leaf(station, { organization: ORGANIZATION }));
  }

  /** The version of TLS that is agreed on at that URL; null: there is no handshake. */
  versionAgreed(url: string, options: ConnectionOptions): Promise<string | null> {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port), ...this.trust, ...options });
    return new Promise((resolve) => {
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.once('error', () => resolve(null));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private with({ pem, keyPem }: TestCertificate): ConnectionOptions {
    return { ...this.trust, cert: pem, key: keyPem };
  }
}
