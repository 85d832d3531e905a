import { X509Certificate } from 'node:crypto';
import { COMMANDS, commandRequestSchema, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import { startService, type ServiceFixture } from '../../testing/start-service';
import { TENANT } from '../../testing/tenant';
import { certificates } from '../block';
import { Openssl } from './openssl';

const ORGANIZATION = 'CPO';

/** What is stored of requests, certificates and renewals of a station, as far as specs look at it. */
interface StoredRow extends Record<string, unknown> {
  state: string;
}

/** The service with a local certificate authority, stations that are connected, and the commands that they get. */
export class CertificateFixture {
  readonly sent: CommandRequest[] = [];

  private constructor(
    readonly service: ServiceFixture,
    readonly openssl: Openssl,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<CertificateFixture> {
    const openssl = new Openssl();
    const [ca, v2g] = [openssl.authority('stations'), openssl.authority('v2g')];
    const files = { VOLTBUS_CA_CERT_FILE: ca.cert, VOLTBUS_CA_KEY_FILE: ca.key };
    const ofV2g = { VOLTBUS_CA_V2G_CERT_FILE: v2g.cert, VOLTBUS_CA_V2G_KEY_FILE: v2g.key };
    const service = await startService({ VOLTBUS_CERTIFICATE_AUTHORITY: 'local', ...files, ...ofV2g, ...environment });
    const fixture = new CertificateFixture(service, openssl);
    await service.bus.follow({
      name: 'commands',
      topic: COMMANDS,
      handle: ({ value }) => void fixture.sent.push(commandRequestSchema.parse(JSON.parse(value.toString()))),
    });
    await service.tenants.put({ ...TENANT, certificateOrganization: ORGANIZATION }, new Date());
    return fixture;
  }

  get parts() {
    return this.service.service.use(certificates);
  }

  /** A station that is connected and speaks that version. */
  async station(station: string, protocol: Protocol = 'ocpp2.1'): Promise<StationRef> {
    await this.service.stations.put({ tenant: 'default', station }, {});
    await this.service.database.query(`UPDATE device_config.stations SET protocol = $2, online = true WHERE station = $1`, [
      station,
      protocol,
    ]);
    return { tenant: 'default', station };
  }

  async sign({ station }: StationRef, payload: object, protocol: Protocol = 'ocpp2.1'): Promise<unknown> {
    return (await this.service.send({ station, protocol }, 'SignCertificate', payload)).payload;
  }

  /** Everything of the station that waits for its time is due, and looked at: once to be issued, once to be sent. */
  async advance(station: StationRef): Promise<void> {
    for (let step = 0; step < 2; step++) {
      await this.setTimes(station, 'certificate_requests', { next_at: new Date() });
      await this.parts.requests.sweep();
    }
  }

  async renew(station: StationRef): Promise<void> {
    await this.setTimes(station, 'certificate_renewals', { next_at: new Date() });
    await this.parts.renewals.sweep();
  }

  commandsTo({ station }: StationRef, action = 'CertificateSigned'): CommandRequest[] {
    return this.sent.filter((one) => one.station === station && one.action === action);
  }

  /** The last command of the action has ended so. */
  async end(station: StationRef, outcome: object, action = 'CertificateSigned'): Promise<void> {
    const command = this.commandsTo(station, action).at(-1);
    if (command === undefined) throw new Error(`no ${action} was sent`);
    const ended = endedCommand({ ...command, ...outcome });
    await this.parts.requests.onEnded(ended);
    await this.parts.renewals.onEnded(ended);
  }

  async rows(table: 'certificates' | 'certificate_requests' | 'certificate_renewals', { station }: StationRef): Promise<StoredRow[]> {
    return this.service.database.query(`SELECT * FROM device_config.${table} WHERE station = $1`, [station]);
  }

  async setTimes({ station }: StationRef, table: string, times: Readonly<Record<string, Date>>): Promise<void> {
    for (const [column, at] of Object.entries(times))
      await this.service.database.query(`UPDATE device_config.${table} SET ${column} = $2 WHERE station = $1 AND ${column} IS NOT NULL`, [
        station,
        at,
      ]);
  }

  async events({ station }: StationRef): Promise<{ type: string; severity: string; info: string }[]> {
    return this.service.database.query('SELECT type, severity, info FROM device_config.security_events WHERE station = $1 ORDER BY at', [
      station,
    ]);
  }

  /** The station connects by the certificate that the last command brought. */
  async connectBy(station: StationRef, at = new Date()): Promise<void> {
    const { x509 } = this.received(station);
    const certificate = {
      fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
      serial: x509.serialNumber.toLowerCase(),
      issuer: x509.issuer,
      notBefore: new Date(x509.validFrom).toISOString(),
      notAfter: new Date(x509.validTo).toISOString(),
    };
    const event = { ...station, protocol: 'ocpp2.1', gateway: 'gw', epoch: 1, reason: 'connected', securityProfile: 3 } as const;
    await this.parts.connected.onConnected([{ ...event, at: at.toISOString(), certificate }]);
  }

  /** The certificate that the last command brought, as OpenSSL reads it. */
  received(station: StationRef): { x509: X509Certificate; text: string } {
    const chain = String(this.commandsTo(station).at(-1)?.payload['certificateChain']);
    const file = this.openssl.write('received.crt', chain);
    return { x509: new X509Certificate(chain), text: this.openssl.run(['x509', '-in', file, '-noout', '-text', '-nameopt', 'RFC2253']) };
  }

  async close(): Promise<void> {
    await this.service.close();
    this.openssl.remove();
  }
}
