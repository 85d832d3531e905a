import type { ConnectionOptions } from 'node:tls';
import type { Cdr, Command, Transaction } from '@voltbus/contracts';
import { Api, ForeignStation, boot, eventually, report, type ProtocolName, type Standalone } from '@voltbus/testing';
import { EMAID } from './contract-pki';
import { ORGANIZATION } from './station-pki';

type Payload = Record<string, unknown>;

interface StationView {
  online: boolean;
  registration: string;
  evses: { evse: number; connectors: { connector: number; status: string; errorCode: string | null }[] }[];
}

/** The tokens that every case may present, by the status that the operator gave them. */
export const TOKENS = {
  VALID: 'CERT-VALID',
  BLOCKED: 'CERT-BLOCKED',
  EXPIRED: 'CERT-EXPIRED',
  INVALID: 'CERT-INVALID',
  UNKNOWN: 'CERT-NEVER-HEARD-OF',
  GROUP_ONE: 'CERT-GROUP-ONE',
  GROUP_TWO: 'CERT-GROUP-TWO',
  GROUP_BLOCKED: 'CERT-GROUP-BLOCKED',
  MASTER: 'CERT-MASTER',
  LIMITED: 'CERT-LIMITED',
  DEAR: 'CERT-DEAR',
  PREPAID: 'CERT-PREPAID',
  NO_CREDIT: 'CERT-NO-CREDIT',
} as const;
export const GROUP = 'CERT-GROUP';
/** The MasterPassGroupId of the stations. */
export const MASTER_GROUP = 'CERT-MASTER-PASS';
/** The prices of a kWh by tariff: for everybody, and for the group. */
export const TARIFFS = { cert: '0.50', 'cert-group': '0.30' } as const;
/** After this time without a report, a station is sent the cost of its session. */
export const COST_SECONDS = 10;
/** Where stations upload their logs, as they are told. */
export const UPLOAD_URL = 'https://uploads.example';
/** Where the operator keeps receipts. */
export const RECEIPTS = 'https://receipts.example';
export const PASSWORD = 'certified horse battery';
/** Seconds to wait for the station's answer to a command. */
const WAIT = 60;

/** One running system, an operator with its API, and a new station for each case. */
export class World {
  private stations: ForeignStation[] = [];
  private count = 0;

  constructor(private readonly standalone: Standalone) {}

  get apiUrl(): string {
    return this.standalone.apiUrl;
  }

  get api(): Api {
    return new Api(this.standalone.apiUrl, this.standalone.adminKey);
  }

  get url(): string {
    return `${this.standalone.ocppUrl}/default`;
  }

  get tlsUrl(): string {
    return `${this.standalone.ocppTlsUrl}/default`;
  }

  async prepare(): Promise<void> {
    const put = (idToken: string, body: Payload) =>
      this.ok(this.api.put(`/v1/tokens/${idToken}`, { status: 'Accepted', concurrent: true, ...body }));
    await put(TOKENS.VALID, {});
    await put(TOKENS.BLOCKED, { status: 'Blocked' });
    await put(TOKENS.EXPIRED, { expiresAt: '2020-01-01T00:00:00Z' });
    await put(TOKENS.INVALID, { status: 'Invalid' });
    await put(TOKENS.GROUP_ONE, { groupId: GROUP });
    await put(TOKENS.GROUP_TWO, { groupId: GROUP });
    await put(TOKENS.GROUP_BLOCKED, { groupId: GROUP, status: 'Blocked' });
    await put(TOKENS.MASTER, { groupId: MASTER_GROUP });
    await put(EMAID, { type: 'eMAID' });
    await put(TOKENS.LIMITED, { limit: { maxEnergyWh: 5_000, maxSeconds: 3_600 } });
    await put(TOKENS.DEAR, { limit: { maxCost: '20.00' } });
    await put(TOKENS.PREPAID, { prepaid: { credit: '12.50' } });
    await put(TOKENS.NO_CREDIT, { prepaid: { credit: '0' } });
    for (const [name, perKwh] of Object.entries(TARIFFS))
      await this.ok(this.api.put(`/v1/tariffs/${name}`, { perKwh, perMinute: '1', taxPercent: '20', currency: 'EUR' }));
    await this.ok(this.api.put(`/v1/tariff-assignments/token-group/${GROUP}`, { tariff: 'cert-group' }));
    await this.ok(this.api.patch('/v1/tenants/default', { defaultTariff: 'cert', showCost: true, certificateOrganization: ORGANIZATION }));
  }

  /** Known to the operator, not connected. */
  async registered(settings: Payload = {}): Promise<string> {
    const station = `cert-${++this.count}`;
    await this.ok(this.api.put(`/v1/stations/${station}`, { password: PASSWORD, ...settings }));
    return station;
  }

  /** Connected, not booted. */
  async connected(protocol: ProtocolName, settings: Payload = {}): Promise<ForeignStation> {
    return this.connect(protocol, await this.registered(settings));
  }

  /** `tls`: over TLS, by a certificate. */
  async connect(protocol: ProtocolName, name: string, tls?: ConnectionOptions): Promise<ForeignStation> {
    const way = tls === undefined ? { url: this.url, password: PASSWORD } : { url: this.tlsUrl, tls };
    const station = await ForeignStation.connect({ ...way, station: name, protocol });
    this.stations.push(station);
    return station;
  }

  /** Connected, accepted, reported. */
  async booted(protocol: ProtocolName): Promise<ForeignStation> {
    const station = await this.connected(protocol);
    expect(await boot(station)).toMatchObject({ status: 'Accepted' });
    await report(station, 'Available');
    return station;
  }

  /** Called after each case. */
  async disconnectAll(): Promise<void> {
    const stations = this.stations;
    this.stations = [];
    await Promise.all(stations.map((station) => station.close()));
  }

  /** Sends a command of the operator, and returns it with its outcome. */
  async sendCommand({ options }: ForeignStation, action: string, payload: Payload): Promise<Command> {
    return this.ok(this.api.post<Command>(`/v1/stations/${options.station}/commands`, { action, payload, wait: WAIT }));
  }

  /**
   * Expects that the station gets exactly the payload of the operator, and that the operator is shown exactly its
   * answer.
   */
  async expectAnswered(station: ForeignStation, action: string, payload: Payload, response: Payload): Promise<void> {
    station.answer(action, () => response);
    const { id } = await this.sendCommand(station, action, payload);
    const { body } = await this.api.get<Command>(`/v1/commands/${id}`);
    expect(body).toMatchObject({ status: 'answered', action, payload, response });
    expect(station.received.filter((call) => call.action === action).at(-1)).toEqual({ action, payload });
  }

  async remoteStart(station: ForeignStation, idToken: string, response: Payload, more: Payload = {}): Promise<Payload> {
    const action = station.options.protocol === 'ocpp1.6' ? 'RemoteStartTransaction' : 'RequestStartTransaction';
    station.answer(action, () => response);
    const path = `/v1/stations/${station.options.station}/remote-start`;
    await this.answered(await this.ok(this.api.post<Command>(path, { idToken, evse: 1, ...more })), response);
    return this.onlyCall(station, action);
  }

  async remoteStop(station: ForeignStation, id: string, response: Payload): Promise<Payload> {
    const action = station.options.protocol === 'ocpp1.6' ? 'RemoteStopTransaction' : 'RequestStopTransaction';
    station.answer(action, () => response);
    await this.answered(await this.ok(this.api.post<Command>(`/v1/transactions/${id}/remote-stop`, {})), response);
    return this.onlyCall(station, action);
  }

  /** The only transaction of the station, once it is as it should be. */
  async transaction({ options }: ForeignStation, expected: Partial<Transaction>): Promise<Transaction> {
    const transactions = await this.transactions(options.station);
    expect(transactions).toHaveLength(1);
    expect(transactions[0]).toMatchObject(expected);
    return transactions[0] as Transaction;
  }

  async transactions(station: string): Promise<Transaction[]> {
    return (await this.ok(this.api.get<{ items: Transaction[] }>(`/v1/transactions?station=${station}`))).items;
  }

  /** What the station's only session cost, once. */
  async cdr({ options }: ForeignStation): Promise<Cdr> {
    const path = `/v1/cdrs?station=${options.station}`;
    const { body } = await eventually(
      () => this.api.get<{ items: Cdr[] }>(path),
      ({ body }) => body.items.length > 0,
    );
    expect(body.items).toHaveLength(1);
    return body.items[0] as Cdr;
  }

  readings(id: string): Promise<{ items: { context: string; energyWh: number | null; signedData: Payload }[] }> {
    return this.ok(this.api.get(`/v1/transactions/${id}/meter-values`));
  }

  async shown({ options }: ForeignStation, satisfies: (view: StationView) => boolean): Promise<StationView> {
    const path = `/v1/stations/${options.station}`;
    const reply = await eventually(
      () => this.api.get<StationView>(path),
      ({ body }) => satisfies(body),
    );
    return reply.body;
  }

  /** Why the station was refused, in the order of the reasons, once there are two. */
  async refusalsOf(station: string): Promise<string[]> {
    const path = `/v1/refused-connections?station=${station}`;
    const reply = await eventually(
      () => this.api.get<{ items: { reason: string }[] }>(path),
      ({ body }) => body.items.length >= 2,
    );
    return reply.body.items.map(({ reason }) => reason).sort();
  }

  /** The latest request of the station for a certificate, once it stands there. */
  async certificateRequest(station: string, state: string): Promise<{ kind: string; reason: string | null; usedAt: string | null }> {
    type Page = { items: { kind: string; state: string; reason: string | null; usedAt: string | null }[] };
    const reply = await eventually(
      () => this.api.get<Page>(`/v1/certificate-requests?station=${station}`),
      ({ body }) => body.items[0]?.state === state,
    );
    return reply.body.items[0] as Page['items'][number]; // it is there
  }

  /** The types of the security events of the station, once there are so many. */
  async securityEvents(station: string, count: number): Promise<string[]> {
    const reply = await eventually(
      () => this.api.get<{ items: { type: string }[] }>(`/v1/security-events?station=${station}`),
      ({ body }) => body.items.length >= count,
    );
    return reply.body.items.map(({ type }) => type).sort();
  }

  /** The operator sees that the station has used that security profile. */
  async profileReached(station: string, profile: number): Promise<void> {
    await eventually(
      () => this.api.get<{ reachedSecurityProfile: number | null }>(`/v1/stations/${station}`),
      ({ body }) => body.reachedSecurityProfile === profile,
    );
  }

  /** The operator sees the first connector so. */
  async connectorShown(station: ForeignStation, status: string, errorCode?: string): Promise<void> {
    await this.shown(station, ({ evses }) =>
      evses.some(
        ({ evse, connectors }) =>
          evse === 1 && connectors.some((one) => one.status === status && (errorCode === undefined || one.errorCode === errorCode)),
      ),
    );
  }

  /** Expects that the station gets the call, once. */
  async expectCalledOnce(station: ForeignStation, action: string, payload: Payload): Promise<void> {
    await eventually(
      () => Promise.resolve(station.received),
      (received) => received.some((call) => call.action === action),
    );
    expect(this.onlyCall(station, action)).toEqual(payload);
  }

  private async answered({ id }: Command, response: Payload): Promise<void> {
    const { body } = await eventually(
      () => this.api.get<Command>(`/v1/commands/${id}`),
      ({ body }) => body.endedAt !== null,
    );
    expect(body).toMatchObject({ status: 'answered', response });
  }

  private onlyCall({ received }: ForeignStation, action: string): Payload {
    const calls = received.filter((call) => call.action === action);
    expect(calls).toHaveLength(1);
    return calls[0]?.payload as Payload; // what the client parsed of a CALL is an object
  }

  private async ok<T>(reply: Promise<{ status: number; body: T }>): Promise<T> {
    const { status, body } = await reply;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }
}
