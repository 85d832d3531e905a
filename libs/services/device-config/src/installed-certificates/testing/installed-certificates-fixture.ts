import { createHash } from 'node:crypto';
import { CONNECTIONS, type Protocol } from '@voltbus/contracts';
import { TestCertificate } from '@voltbus/testing';
import { givenId, nameFor } from '../../device-model';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import { CertificateStore } from './certificate-store';

interface Shown {
  id: string;
  state: string;
  answer: string | null;
  reported: object | null;
  [member: string]: unknown;
}

export const refOf = (station: string) => ({ tenant: 'default', station });
export const pathOf = (name: string, more = '') => `/v1/stations/${name}/installed-certificates${more}`;

/** Installs, lists and removes the certificates of stations over HTTP; behind each station stands a store of certificates, which knows two roots. */
export class InstalledCertificatesFixture {
  /** Of the station that was made last. */
  store: CertificateStore;
  private stations = 0;
  private epochs = 0;

  private constructor(
    readonly http: HttpFixture,
    readonly root: TestCertificate,
    readonly next: TestCertificate,
  ) {
    this.store = new CertificateStore([], 'ocpp2.1');
  }

  static async start(): Promise<InstalledCertificatesFixture> {
    return new InstalledCertificatesFixture(
      ...(await Promise.all([startHttp(), TestCertificate.root('Root 1'), TestCertificate.root('Root 2')])),
    );
  }

  /** The part of the service. */
  get block() {
    return this.http.service.installedCertificates;
  }

  /** A connected station, and what it has installed. */
  async station(protocol: Protocol = 'ocpp2.1', profile = 2): Promise<string> {
    const name = `CS-I${++this.stations}`;
    await this.http.request('PUT', `/v1/stations/${name}`, {});
    await this.http.service.database.query(
      'UPDATE device_config.stations SET protocol = $2, online = true, used_profile = $3 WHERE station = $1',
      [name, protocol, profile],
    );
    this.knows([this.root, this.next], protocol);
    return name;
  }

  /** The store of the station that was made last is another one, which may be sent these. */
  knows(known: readonly TestCertificate[], protocol: Protocol): void {
    this.store = new CertificateStore(known, protocol);
    this.store.behind(this.http.commands);
  }

  install(name: string, { pem }: { pem: string }, more: object = {}) {
    return this.http.request<Shown>('POST', pathOf(name), { kind: 'CSMSRootCertificate', pem, ...more });
  }

  report(name: string) {
    return this.http.request('POST', `/v1/stations/${name}/certificate-report`);
  }

  async all(name: string): Promise<Shown[]> {
    return (await this.http.request<{ items: Shown[] }>('GET', pathOf(name, '?sort=changedAt'))).body.items;
  }

  async states(name: string): Promise<string[]> {
    return (await this.all(name)).map(({ kind, state }) => `${String(kind)} ${state}`).sort();
  }

  remove(name: string, { id }: { id: string }, more = '') {
    return this.http.request<Shown>('DELETE', pathOf(name, `/${id}${more}`));
  }

  /** The station reports a variable or a key. */
  async tells(name: string, protocol: Protocol, given: object, value: string | null, maxLimit: number | null = null): Promise<void> {
    const named = nameFor(protocol, given);
    if (named === null) throw new Error(`no name ${givenId(given)}`);
    const characteristics = { dataType: null, unit: null, minLimit: null, maxLimit, valuesList: null, supportsMonitoring: null };
    const observations = [{ name: named, attributes: [{ type: 'Actual' as const, value }], characteristics }];
    await this.http.service.deviceModel.model.observe(refOf(name), observations, { source: 'report', at: new Date() });
  }

  /** The station comes, over a server certificate that these CAs have issued; null: TLS ends elsewhere. */
  async connects(name: string, issuers: readonly TestCertificate[] | null, securityProfile = 2): Promise<void> {
    const hashOf = ({ certificate }: TestCertificate) =>
      createHash('sha256').update(new Uint8Array(certificate.subject.toSchema().toBER())).digest('hex');
    const named = issuers?.map((one) => ({ nameHash: hashOf(one), keyId: null }));
    const event = { ...refOf(name), protocol: 'ocpp2.1', gateway: 'gw', epoch: ++this.epochs, reason: 'connected', securityProfile };
    await this.http.deliver(CONNECTIONS.events.connected, [
      { ...event, at: new Date(Date.now() + 1_000).toISOString(), ...(named === undefined ? {} : { serverIssuers: named }) },
    ]);
  }
}
