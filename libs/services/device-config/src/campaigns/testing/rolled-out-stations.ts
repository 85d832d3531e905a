import type { CommandRequest, StationRef } from '@voltbus/contracts';
import type { Database } from '@voltbus/database';
import { silentLogger } from '@voltbus/testing';
import { endedCommand } from '../../testing/fake-commands';
import type { ServiceFixture } from '../../testing/start-service';
import { firmware, type FirmwareImage } from '../../firmware';
import { FirmwareUpdates } from '../../firmware/firmware-updates';
import { firmwareRules } from '../../firmware/rules';
import { LATE_MS } from '../../station-requests';
import { RequestTelemetry } from '../../station-requests/request-telemetry';
import { StationRequests } from '../../station-requests/station-requests';
import { TypeormStationRequests } from '../../station-requests/store/typeorm-station-requests';
import { CampaignTelemetry } from '../campaign-telemetry';
import { Campaigns, type NewCampaign } from '../campaigns';
import type { Plan } from '../domain/campaign';
import { FirmwareKind } from '../kinds/firmware-work';
import { Rollout } from '../rollout';
import { TypeormCampaigns } from '../store/typeorm-campaigns';

const IMAGE: FirmwareImage = {
  ...{ image: 'two', description: null, url: 'https://files.example/two.bin', sealedUrl: null, firmwareVersion: '2.0', vendor: null },
  ...{ model: null, sha256: null, signature: null, signingCertificate: null },
};
const PLAN: Plan = {
  filter: { vendors: [], models: [], firmwareVersions: [], groups: [] },
  ...{ waves: [], window: null, timeZone: 'UTC', jitterSeconds: 0, atOnce: 100, maxFailures: 5, waveHours: 72 },
};

/** A process that dies when it is told to: `dies` is called before each statement, after each commit, and around each sending. */
export function processOf(stations: RolledOutStations, dies: () => void = () => undefined) {
  const { service, sent, now } = stations;
  const database = mortal(service.database, dies);
  const store = new TypeormStationRequests(database);
  const { images, urls } = service.service.use(firmware);
  const requests = new StationRequests({
    ...{ store, rules: firmwareRules(urls), telemetry: new RequestTelemetry(silentLogger, service.metrics), now },
    sendCommand(request) {
      dies();
      sent.push(request);
      dies();
      return Promise.resolve();
    },
  });
  const updates = new FirmwareUpdates({ images, requests, now });
  const telemetry = new CampaignTelemetry(silentLogger, service.metrics);
  const parts = { store: new TypeormCampaigns(database), kinds: { firmware: new FirmwareKind({ updates, store, now }) }, telemetry, now };
  return {
    requests,
    updates,
    campaigns: new Campaigns({
      ...parts,
      random: Math.random,
      rule: stations.rule,
      makersOf: async (_tenant, actor) => stations.makers.get(actor) ?? [],
    }),
    rollout: new Rollout({ ...parts, lateMs: LATE_MS }),
    async look(): Promise<void> {
      await this.rollout.sweep();
      await this.requests.sweep();
    },
  };
}

/** For specs: stations that campaigns go over, by a clock that goes only as far as it must. */
export class RolledOutStations {
  clock = Date.now();
  readonly sent: CommandRequest[] = [];
  /** When campaigns need a second person; that of no settings. */
  readonly rule: { aboveStations: number | null; firmware: boolean; hours: number } = { aboveStations: null, firmware: false, hours: 72 };
  /** The keys that made a key. */
  readonly makers = new Map<string, string[]>();
  readonly now = (): Date => new Date(this.clock);
  readonly process;

  constructor(readonly service: ServiceFixture) {
    this.process = processOf(this);
  }

  /** Stations that are connected and run 1.0. */
  async add(names: readonly string[], more: { vendor?: string; timeZone?: string; online?: boolean } = {}): Promise<void> {
    const { vendor = 'Acme', timeZone = null, online = true } = more;
    await this.service.database.query(
      `INSERT INTO device_config.stations (tenant, station, key_hashes, registration, protocol, online, vendor, model, firmware_version, station_place)
       SELECT 'default', name, '{}', 'accepted', 'ocpp2.0.1', $2, $3, 'M', '1.0', $4 FROM unnest($1::text[]) AS name`,
      [names, online, vendor, timeZone === null ? null : JSON.stringify({ timeZone })],
    );
  }

  async create(plan: Partial<Plan> = {}, more: Partial<NewCampaign> = {}): Promise<string> {
    const work = { image: IMAGE, retries: null, retryIntervalSeconds: null, runHours: 24 };
    const given = {
      name: 'spring',
      kind: 'firmware' as const,
      work,
      plan: { ...PLAN, ...plan },
      createdBy: 'spec',
      paused: false,
      needsApproval: false,
    };
    return (await this.process.campaigns.create('default', { ...given, ...more })).campaign.id;
  }

  async look(minutes = 1): Promise<void> {
    this.clock += minutes * 60_000;
    await this.process.look();
  }

  async answer(request: CommandRequest, response: object = { status: 'Accepted' }): Promise<void> {
    await this.process.requests.onEnded(endedCommand({ ...request, response }));
  }

  /** The station never got it. */
  async notDelivered(request: CommandRequest): Promise<void> {
    await this.process.requests.onEnded(endedCommand({ ...request, status: 'offline' }));
  }

  async fail({ tenant, station, payload }: CommandRequest): Promise<void> {
    const { requestId } = payload as { requestId: number };
    await this.process.requests.onStatus({ tenant, station }, { status: 'InstallationFailed', requestId, at: this.now() });
  }

  async boot({ tenant, station }: StationRef): Promise<void> {
    await this.service.database.query(
      `UPDATE device_config.stations SET firmware_version = '2.0', booted_at = $3 WHERE tenant = $1 AND station = $2`,
      [tenant, station, this.now()],
    );
  }

  /** Of its answer: it succeeds or fails. */
  async carryOut(request: CommandRequest, end: 'succeed' | 'fail'): Promise<void> {
    await this.answer(request);
    this.clock += 1_000;
    await (end === 'fail' ? this.fail(request) : this.boot(request));
  }

  async setOnline(station: string, online: boolean): Promise<void> {
    await this.service.database.query('UPDATE device_config.stations SET online = $2 WHERE station = $1', [station, online]);
  }

  stationsOf(campaign: string): Promise<{ station: string; wave: number; state: string; reason: string | null; attempts: number }[]> {
    return this.service.database.query(
      'SELECT station, wave, state, reason, attempts FROM device_config.campaign_stations WHERE campaign = $1 ORDER BY station',
      [campaign],
    );
  }

  async clear(): Promise<void> {
    for (const table of ['campaigns', 'stations']) await this.service.database.query(`DELETE FROM device_config.${table}`);
    this.sent.length = 0;
  }
}

/** The database as a process sees it that may die before each statement and after each commit. */
function mortal(database: Database, dies: () => void): Database {
  type Manager = Database['manager'];
  const asking = <T extends { query: Manager['query'] }>(real: T): T =>
    new Proxy(real, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name === 'query')
          return (...given: Parameters<Manager['query']>) => {
            dies();
            return target.query(...given);
          };
        if (name === 'manager') return asking(member as Manager);
        if (name === 'transaction')
          return async (work: (manager: Manager) => Promise<unknown>) => {
            const done = await (target as unknown as Database).transaction((manager) => work(asking(manager)));
            dies();
            return done;
          };
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  return asking(database);
}
