import { randomUUID } from 'node:crypto';
import type { CommandRequest, Protocol, StationRef } from '@voltbus/contracts';
import { Mortality, type Death } from '../../testing/mortality';
import { startService, type ServiceFixture } from '../../testing/start-service';
import { securityProfileUpgrade } from '../block';
import type { NetworkWish } from '../domain/upgrade';
import { SecurityProfileUpgrades } from '../security-profile-upgrades';
import type { TypeormUpgrades } from '../store/typeorm-upgrades';
import { UpgradeSteps } from '../upgrade-steps';

export const NETWORK: NetworkWish = { url: 'wss://csms.test/ocpp', interface: 'Wired0', messageTimeoutSeconds: 30 };
const nothing = () => undefined;

/** A process that raises security profiles, and may die before and after everything that it does outside of itself. */
export class MortalUpgrades {
  private readonly mortality = new Mortality();
  private readonly upgrades: SecurityProfileUpgrades;

  constructor(effects: { store: TypeormUpgrades; sendCommand(request: CommandRequest): Promise<void>; now(): Date }) {
    const { now, sendCommand } = effects;
    const store = this.mortality.mortal(effects.store);
    const steps = new UpgradeSteps({ store, events: { count: nothing }, wakeRelay: nothing, now });
    const slots = { find: () => Promise.resolve([]) };
    this.upgrades = new SecurityProfileUpgrades({ store, steps, slots, ...this.mortality.mortal({ sendCommand }), now });
  }

  run(death: Death, work: (upgrades: SecurityProfileUpgrades) => Promise<unknown>): Promise<void> {
    return this.mortality.run(death, () => work(this.upgrades));
  }
}

/** Stations whose security profiles are raised. */
export class UpgradeFixture {
  private constructor(readonly service: ServiceFixture) {}

  static async start(): Promise<UpgradeFixture> {
    const service = await startService();
    await service.database.query(`UPDATE device_config.tenants SET certificate_organization = 'ACME'`);
    return new UpgradeFixture(service);
  }

  close(): Promise<void> {
    return this.service.close();
  }

  get store(): TypeormUpgrades {
    return this.service.service.storeOf(securityProfileUpgrade);
  }

  /** A connected station with a password and a root of the CSMS. */
  async station(name: string, protocol: Protocol): Promise<StationRef> {
    const ref = { tenant: 'default', station: name };
    await this.service.stations.put(ref, { password: 'the password of it' });
    await this.service.database.query(
      `INSERT INTO device_config.installed_certificates (tenant, station, id, kind, state, identity, changed_at)
       VALUES ($1, $2, $3, 'CSMSRootCertificate', 'foreign', '{}', now())`,
      [ref.tenant, ref.station, randomUUID()],
    );
    await this.connected(ref, { protocol, profile: 1, epoch: 1 });
    return ref;
  }

  /** What the events of connections leave of a station. */
  async connected(ref: StationRef, { protocol, profile, epoch }: { protocol: Protocol; profile: number; epoch: number }): Promise<void> {
    await this.service.database.query(
      `UPDATE device_config.stations SET protocol = $3, online = true, used_profile = $4::smallint, presence_epoch = $5,
         reached_profile = CASE WHEN $4::smallint >= 2 THEN greatest(reached_profile, $4::smallint) ELSE reached_profile END
       WHERE tenant = $1 AND station = $2`,
      [ref.tenant, ref.station, protocol, profile, epoch],
    );
  }

  async disconnected({ tenant, station }: StationRef): Promise<void> {
    await this.service.database.query('UPDATE device_config.stations SET online = false WHERE tenant = $1 AND station = $2', [
      tenant,
      station,
    ]);
  }

  /** The profile that gateways demand of it. */
  async demanded(ref: StationRef): Promise<number> {
    return (await this.service.profilesOf([ref]))[0]?.securityProfile ?? -1;
  }

  async eventsOf(station: string): Promise<string[]> {
    const rows: { type: string }[] = await this.service.database.query(
      'SELECT type FROM device_config.security_events WHERE station = $1 ORDER BY type',
      [station],
    );
    return rows.map(({ type }) => type);
  }
}
