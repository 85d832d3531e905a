import { randomUUID } from 'node:crypto';
import { SealedSecrets, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import type { Database } from '@voltbus/database';
import { silentLogger } from '@voltbus/testing';
import { endedCommand } from '../../testing/fake-commands';
import { PEPPER, type ServiceFixture } from '../../testing/start-service';
import { certificates } from '../../certificates';
import type { CertificateEvents } from '../../certificates/certificate-events';
import { Renewals } from '../../certificates/renewals';
import { TypeormCertificates } from '../../certificates/store/typeorm-certificates';
import { deviceModel } from '../../device-model';
import { firmware, type FirmwareImage } from '../../firmware';
import { FirmwareUpdates } from '../../firmware/firmware-updates';
import { firmwareRules } from '../../firmware/rules';
import { PasswordRotations } from '../../password-rotation/password-rotations';
import { RotationSteps } from '../../password-rotation/rotation-steps';
import { TypeormPasswordRotations } from '../../password-rotation/store/typeorm-password-rotations';
import { securityEvents } from '../../security-events/block';
import { SecurityProfileUpgrades } from '../../security-profile-upgrade/security-profile-upgrades';
import { TypeormUpgrades } from '../../security-profile-upgrade/store/typeorm-upgrades';
import { UpgradeSteps } from '../../security-profile-upgrade/upgrade-steps';
import { LATE_MS } from '../../station-requests';
import { RequestTelemetry } from '../../station-requests/request-telemetry';
import { StationRequests } from '../../station-requests/station-requests';
import { TypeormStationRequests } from '../../station-requests/store/typeorm-station-requests';
import { CampaignTelemetry } from '../campaign-telemetry';
import { Campaigns, type NewCampaign } from '../campaigns';
import type { Plan } from '../domain/campaign';
import { PasswordKind } from '../kinds/password-work';
import type { ApprovalRule } from '../domain/approval';
import type { CampaignKinds } from '../kind';
import { CertificateWorkKind } from '../kinds/certificate-work';
import { ConfigurationKind } from '../kinds/configuration-work';
import { SettingJobs } from '../settings/setting-jobs';
import { TypeormSettingJobs } from '../settings/store/typeorm-setting-jobs';
import { FirmwareKind } from '../kinds/firmware-work';
import { SecurityProfileKind } from '../kinds/security-profile-work';
import { Rollout } from '../rollout';
import { TypeormCampaigns } from '../store/typeorm-campaigns';

const IMAGE: FirmwareImage = {
  ...{ image: 'two', description: null, url: 'https://files.example/two.bin', sealedUrl: null, firmwareVersion: '2.0', vendor: null },
  ...{ model: null, sha256: null, file: null, signature: null, signingCertificate: null },
};
/** The firmware 2.0 for every station. */
export const FIRMWARE_WORK = { image: IMAGE, retries: null, retryIntervalSeconds: null, runHours: 24 };
const PLAN: Plan = {
  filter: { vendors: [], models: [], firmwareVersions: [], groups: [] },
  ...{ waves: [], window: null, timeZone: 'UTC', jitterSeconds: 0, atOnce: 100, maxFailures: 5, waveHours: 72 },
};

/** A process that dies when it is told to: `dies` is called before each statement, after each commit, and around each sending. */
export function processOf(stations: RolledOutStations, dies: () => void = () => undefined) {
  const { service, sent, now } = stations;
  const database = mortal(service.database, dies);
  const store = new TypeormStationRequests(database);
  const { images, locations } = service.service.use(firmware);
  const sendCommand = (request: CommandRequest): Promise<void> => {
    dies();
    sent.push(request);
    dies();
    return Promise.resolve();
  };
  const requests = new StationRequests({
    ...{ store, rules: firmwareRules(locations), telemetry: new RequestTelemetry(silentLogger, service.metrics), now, sendCommand },
  });
  const updates = new FirmwareUpdates({ images, requests, hasAddress: true, now });
  const telemetry = new CampaignTelemetry(silentLogger, service.metrics);
  const raises = upgradesOf(stations, database, sendCommand);
  const ofCertificates = renewalsOf(stations, database, sendCommand);
  const passwords = rotationsOf(stations, database, sendCommand);
  const jobs = new TypeormSettingJobs(database);
  const { limits, store: variables } = service.service.use(deviceModel);
  const settings = new SettingJobs({ store: jobs, variables, limits, sendCommand, now });
  const kinds: CampaignKinds = {
    certificate: new CertificateWorkKind({ ...ofCertificates, now }),
    configuration: new ConfigurationKind({ settings, store: jobs, now }),
    firmware: new FirmwareKind({ updates, store, now }),
    password: new PasswordKind({ ...passwords, now }),
    'security-profile': new SecurityProfileKind({ ...raises, now }),
  };
  const parts = { store: new TypeormCampaigns(database), kinds, telemetry, now };
  return {
    requests,
    updates,
    upgrades: raises.upgrades,
    rotations: passwords.rotations,
    settings,
    renewals: ofCertificates.renewals,
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
      await this.upgrades.sweep();
      await this.rotations.sweep();
      await this.settings.sweep();
      await this.renewals.sweep();
    },
  };
}

function renewalsOf({ now }: RolledOutStations, database: Database, sendCommand: (request: CommandRequest) => Promise<void>) {
  const store = new TypeormCertificates(database);
  const events = { renewalGivenUp: () => Promise.resolve(), renewalBegun: () => undefined } as unknown as CertificateEvents; // no other is called
  return { store, renewals: new Renewals({ store, events, days: 0, canIssue: true, sendCommand, now, random: Math.random }) };
}

function rotationsOf({ service, now }: RolledOutStations, database: Database, sendCommand: (request: CommandRequest) => Promise<void>) {
  const store = new TypeormPasswordRotations(database, service.service.storeOf(securityEvents));
  const evictions = { of: () => Promise.resolve() };
  const steps = new RotationSteps({ store, evictions, events: { count: () => undefined }, wakeRelay: () => undefined, now });
  const rotations = new PasswordRotations({
    ...{ store, steps, evictions, secrets: new SealedSecrets(PEPPER), peppers: PEPPER, sendCommand, now },
    ...{ connections: { find: () => Promise.resolve(null) }, telemetry: { passwordNotSent: () => undefined } },
  });
  return { store, rotations };
}

function upgradesOf({ service, now }: RolledOutStations, database: Database, sendCommand: (request: CommandRequest) => Promise<void>) {
  const store = new TypeormUpgrades(database, service.service.storeOf(securityEvents));
  const steps = new UpgradeSteps({ store, events: { count: () => undefined }, wakeRelay: () => undefined, now });
  const slots = { find: () => Promise.resolve([]) };
  return { store, upgrades: new SecurityProfileUpgrades({ store, steps, slots, sendCommand, now }) };
}

export interface AddedStation {
  vendor: string;
  timeZone: string;
  online: boolean;
  protocol: Protocol | null;
  usedProfile: number;
  passwords: string[];
}

/** For specs: stations that campaigns go over, by a clock that goes only as far as it must. */
export class RolledOutStations {
  clock = Date.now();
  readonly sent: CommandRequest[] = [];
  /** When campaigns need a second person; that of no settings. */
  readonly rule: ApprovalRule = { aboveStations: null, always: new Set(), hours: 72 };
  /** The keys that made a key. */
  readonly makers = new Map<string, string[]>();
  readonly now = (): Date => new Date(this.clock);
  readonly process;

  constructor(readonly service: ServiceFixture) {
    this.process = processOf(this);
  }

  /** Stations that are connected and run 1.0; with security profile 0 and a password, unless something else is said. */
  async add(names: readonly string[], more: Partial<AddedStation> = {}): Promise<void> {
    const { vendor = 'Acme', timeZone = null, online = true, protocol = 'ocpp2.0.1', usedProfile = 0, passwords = ['hash'] } = more;
    await this.service.database.query(
      `INSERT INTO device_config.stations (tenant, station, key_hashes, registration, protocol, online, vendor, model, firmware_version, station_place, used_profile)
       SELECT 'default', name, $7, 'accepted', $5, $2, $3, 'M', '1.0', $4, $6 FROM unnest($1::text[]) AS name`,
      [names, online, vendor, timeZone === null ? null : JSON.stringify({ timeZone }), protocol, usedProfile, passwords],
    );
  }

  async create(plan: Partial<Plan> = {}, more: Partial<NewCampaign> = {}): Promise<string> {
    const given = {
      name: 'spring',
      kind: 'firmware' as const,
      work: FIRMWARE_WORK,
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

  /** It comes with a security profile. */
  async connect({ tenant, station }: StationRef, securityProfile: 0 | 1 | 2 | 3): Promise<void> {
    this.clock += 1_000;
    await this.service.database.query(
      `UPDATE device_config.stations SET online = true, used_profile = $3, presence_epoch = presence_epoch + 1 WHERE tenant = $1 AND station = $2`,
      [tenant, station, securityProfile],
    );
    const event = { protocol: 'ocpp1.6', gateway: 'gw', epoch: this.clock, at: this.now().toISOString(), reason: 'connected' } as const;
    await this.process.upgrades.onConnected([{ ...event, tenant, station, securityProfile }]);
  }

  /** The renewal that a station is asked for, however often. */
  async renewalOf({ tenant, station }: StationRef): Promise<string> {
    const rows = await this.service.database.query<{ id: string }[]>(
      `SELECT id FROM device_config.certificate_renewals WHERE tenant = $1 AND station = $2 AND kind = 'ChargingStationCertificate'`,
      [tenant, station],
    );
    return rows[0]?.id ?? 'none';
  }

  /** It has asked for a certificate, and rejected what it got. */
  async rejectCertificate({ tenant, station }: StationRef): Promise<void> {
    await this.service.database.query(
      `INSERT INTO device_config.certificate_requests (tenant, station, id, kind, named, protocol, digest, csr, state, tries, published, received_at)
       VALUES ($1, $2, $3, 'ChargingStationCertificate', true, 'ocpp2.0.1', 'digest', '', 'rejected', 0, true, $4)`,
      [tenant, station, randomUUID(), this.now()],
    );
  }

  /** It has taken a new certificate. */
  async takeCertificate({ tenant, station }: StationRef): Promise<void> {
    const { certificates: store } = this.service.service.storeOf(certificates);
    await store.inStation({ tenant, station }, (unit) => unit.endRenewal('ChargingStationCertificate', this.now()));
  }

  /** It comes with the password of its rotation. */
  async connectWithNewPassword({ tenant, station }: StationRef): Promise<void> {
    this.clock += 1_000;
    const rotation = await this.process.rotations.find({ tenant, station });
    const event = { protocol: 'ocpp1.6', gateway: 'gw', epoch: this.clock, at: this.now().toISOString(), reason: 'connected' } as const;
    await this.process.rotations.onConnected({ ...event, tenant, station, passwordRotation: rotation?.id ?? 'none' });
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
