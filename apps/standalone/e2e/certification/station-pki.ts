import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    for (const [name, text] of Object.entries({
      'ca.crt': ca.pem,
      'ca.key': ca.keyPem,
      'server.crt': server.pem,
      'server.key': server.keyPem,
    }))
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
      VOLTBUS_CERTIFICATE_AUTHORITY: 'local',
      VOLTBUS_CA_CERT_FILE: file('ca.crt'),
      VOLTBUS_CA_KEY_FILE: file('ca.key'),
      VOLTBUS_CA_V2G_CERT_FILE: file('ca.crt'),
      VOLTBUS_CA_V2G_KEY_FILE: file('ca.key'),
    };
  }

  /** The CA in PEM, by which stations know the CSMS. */
  get root(): string {
    return this.ca.pem;
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

  /** A request of a station for a certificate, made by OpenSSL, and the private key that goes with it. */
  request(station: string): { csr: string; key: string } {
    const [csr, key] = [join(this.folder, `${station}.csr`), join(this.folder, `${station}.key`)];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', csr];
    execFileSync('openssl', ['req', '-new', ...made, '-subj', `/O=${ORGANIZATION}/CN=${station}`], { stdio: 'ignore' });
    return { csr: readFileSync(csr, 'utf8'), key: readFileSync(key, 'utf8') };
  }

  /** How a station connects by a certificate that it was given. */
  by(chain: string, key: string): ConnectionOptions {
    return { ...this.trust, cert: chain, key };
  }

  /** What OpenSSL says of a chain that is to come from this CA: its subject. Throws where it does not accept it. */
  verified(chain: string): string {
    const file = join(this.folder, 'verified.crt');
    writeFileSync(file, chain);
    execFileSync('openssl', ['verify', '-CAfile', join(this.folder, 'ca.crt'), file], { stdio: 'pipe' });
    return execFileSync('openssl', ['x509', '-in', file, '-noout', '-subject', '-nameopt', 'RFC2253'], { encoding: 'utf8' }).trim();
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
