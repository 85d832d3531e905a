import type { CommandRequest, Protocol, StationRef } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import type { ServiceFixture } from '../../testing/start-service';
import { configuration } from '../block';
import { ConfigurationChecks } from '../configuration-checks';
import { Configurations } from '../configurations';
import type { Mode, Profile, ProfileValue } from '../domain/profile';
import { SETTLE_MS } from '../limits';
import type { StationConfiguration } from '../store/typeorm-station-configurations';

export const AT_ONCE = 3;
export const HOUR_MS = 3_600_000;
export const ref = (station: string): StationRef => ({ tenant: 'default', station });

export const INTERVAL = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', attribute: 'Actual' as const };
export const PREAUTH = { component: 'AuthCtrlr', variable: 'LocalPreAuthorize', attribute: 'Actual' as const };
export const NONE: Omit<Profile, 'profile' | 'values'> = {
  ...{ description: null, mode: 'apply', priority: 0, vendors: [], models: [], firmwareVersions: [], groups: [] },
};

/** The next values that a set leads to: the status, or null where the station says nothing about them. */
type Habit = (name: string) => string | null;
export const ACCEPTS: Habit = () => 'Accepted';

let epoch = 0;

/** For specs: stations that are kept configured, by a clock that goes only as far as it must. */
export class ConfiguredStations {
  clock = Date.now();
  sent: CommandRequest[] = [];
  readonly checks: ConfigurationChecks;
  readonly configurations: Configurations;

  private constructor(private readonly service: ServiceFixture) {
    const { store } = service.service.use(configuration);
    const now = () => new Date(this.clock);
    this.checks = new ConfigurationChecks({
      ...{
        store: store.stations,
        profiles: store.profiles,
        model: service.deviceModel,
        now,
        random: () => 0.5,
        atOnce: AT_ONCE,
        everyHours: 24,
      },
      sendCommand: (request) => Promise.resolve(void this.sent.push(request)),
    });
    this.configurations = new Configurations({ store: store.stations, profiles: store.profiles, checks: this.checks, now });
  }

  /** There are no others from then on. */
  static async of(service: ServiceFixture): Promise<ConfiguredStations> {
    await service.database.query('DELETE FROM device_config.stations');
    await service.database.query('DELETE FROM device_config.configuration_profiles');
    await service.database.query('DELETE FROM device_config.configuration_revisions');
    return new ConfiguredStations(service);
  }

  want(profile: string, values: ProfileValue[], more: Partial<Profile> = {}): Promise<Profile> {
    return this.configurations.changeProfile(
      'default',
      profile,
      () => ({ ...NONE, ...more, profile, values }),
      () => undefined,
    );
  }

  wantInterval(value: string, mode: Mode = 'apply'): Promise<Profile> {
    return this.want('fleet', [{ ...INTERVAL, value }], { mode });
  }

  async boot(station: string, protocol: Protocol = 'ocpp2.0.1', firmwareVersion = '1.0'): Promise<void> {
    const { service } = this;
    if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
    const payload =
      protocol === 'ocpp1.6'
        ? { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion }
        : { chargingStation: { model: 'M', vendorName: 'V', firmwareVersion } };
    await service.send({ protocol, station, epoch: ++epoch, receivedAt: new Date(this.clock) }, 'BootNotification', payload);
    this.clock += SETTLE_MS + 1_000;
  }

  /** A station with a memory: it answers the commands that were sent to it. Returns the actions. */
  async answer(
    values: Map<string, string>,
    habit: Habit = ACCEPTS,
    status: 'answered' | 'offline' | 'unknown' = 'answered',
  ): Promise<string[]> {
    const actions: string[] = [];
    for (let request = this.sent.shift(); request !== undefined; request = this.sent.shift()) {
      actions.push(request.action);
      this.clock += 1_000;
      const { id, tenant, station, action, payload } = request;
      const response = status === 'answered' ? respond(action, payload, values, habit) : null;
      const at = new Date(this.clock).toISOString();
      await this.checks.onEnded(endedCommand({ id, tenant, station, action, payload, status, response, createdAt: at, endedAt: at }));
    }
    return actions;
  }

  /** Whether a check began, and what the station was sent. */
  async check(values: Map<string, string>, habit: Habit = ACCEPTS): Promise<string[]> {
    await this.checks.sweep();
    return this.answer(values, habit);
  }

  async shown(station: string): Promise<unknown[][]> {
    const { items } = await this.configurations.show(ref(station));
    return items.map(({ name, value, actual, state, profile }) => [name.key ?? name.variable, value, actual, state, profile]);
  }

  summary(station: string): Promise<StationConfiguration> {
    return this.service.service.use(configuration).store.stations.find(ref(station));
  }
}

export interface Named {
  component: { name: string };
  variable: { name: string };
  attributeValue: string;
}
export function respond(action: string, payload: Record<string, unknown>, values: Map<string, string>, habit: Habit): object {
  const take = (name: string, value: string): string | null => {
    const status = habit(name);
    if (status === 'Accepted') values.set(name, value);
    return status;
  };
  switch (action) {
    case 'GetConfiguration':
      return {
        configurationKey: (payload['key'] as string[])
          .filter((key) => values.has(key))
          .map((key) => ({ key, readonly: false, value: values.get(key) })),
        unknownKey: (payload['key'] as string[]).filter((key) => !values.has(key)),
      };
    case 'ChangeConfiguration':
      return { status: take(payload['key'] as string, payload['value'] as string) };
    case 'GetVariables':
      return {
        getVariableResult: (payload['getVariableData'] as Named[]).map(({ component, variable }) => {
          const value = values.get(variable.name);
          return { component, variable, attributeStatus: value === undefined ? 'UnknownVariable' : 'Accepted', attributeValue: value };
        }),
      };
    default:
      return {
        setVariableResult: (payload['setVariableData'] as Named[]).flatMap(({ component, variable, attributeValue }) => {
          const attributeStatus = take(variable.name, attributeValue);
          return attributeStatus === null ? [] : [{ component, variable, attributeStatus }];
        }),
      };
  }
}
