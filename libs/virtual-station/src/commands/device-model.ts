import type { Protocol } from '@voltbus/contracts';

type Payload = Record<string, unknown>;

/** What a station's device model is like. By default it is small, and takes ten variables in one message. */
export interface DeviceModelOptions {
  /** Further read-only variables of its EVSEs, so that a full report has a realistic size. */
  measuring?: number;
  /** Variables in one part of a report. */
  perPart?: number;
  /** Variables, or keys of 1.6, that one message may have. */
  itemsPerMessage?: number;
}

const PER_PART = 40;
const ITEMS_PER_MESSAGE = 10;
const EVSES = 4;

interface Kind {
  dataType: 'integer' | 'decimal' | 'string' | 'boolean' | 'MemberList' | 'OptionList';
  /** It cannot be set. */
  readOnly?: true;
  /** A value that is set is used after the next boot. */
  reboot?: true;
  /** A number may not be below. */
  least?: number;
}

const LIMIT: Kind = { dataType: 'integer', readOnly: true };
const SECONDS: Kind = { dataType: 'integer', least: 0 };

/** Variables of 2.x that every virtual station has, with their first values; an instance stands in brackets. */
const VARIABLES: Readonly<Record<string, Kind & { value: string }>> = {
  'AlignedDataCtrlr.Interval': { ...SECONDS, value: '900' },
  'AuthCtrlr.LocalAuthorizeOffline': { dataType: 'boolean', value: 'true' },
  'AuthCtrlr.LocalPreAuthorize': { dataType: 'boolean', value: 'false' },
  'ChargingStation.Model': { dataType: 'string', readOnly: true, value: 'Virtual 2' },
  'ClockCtrlr.TimeSource': { dataType: 'MemberList', reboot: true, value: 'NTP' },
  'OCPPCommCtrlr.OfflineThreshold': { ...SECONDS, value: '60' },
  'OCPPCommCtrlr.WebSocketPingInterval': { ...SECONDS, value: '54' },
  'SampledDataCtrlr.TxUpdatedInterval': { ...SECONDS, value: '60' },
  'SampledDataCtrlr.TxUpdatedMeasurands': { dataType: 'MemberList', value: 'Energy.Active.Import.Register' },
  'SecurityCtrlr.OrganizationName': { dataType: 'string', value: 'Voltbus' },
};
const KEYS: Readonly<Record<string, Kind & { value: string }>> = {
  AuthorizeRemoteTxRequests: { dataType: 'boolean', value: 'true' },
  ClockAlignedDataInterval: { ...SECONDS, value: '900' },
  LocalPreAuthorize: { dataType: 'boolean', value: 'false' },
  MeterValuesSampledData: { dataType: 'MemberList', value: 'Energy.Active.Import.Register' },
  NumberOfConnectors: { ...LIMIT, value: '1' },
  SupportedFeatureProfiles: { dataType: 'MemberList', readOnly: true, value: 'Core,LocalAuthListManagement,RemoteTrigger' },
  WebSocketPingInterval: { ...SECONDS, reboot: true, value: '54' },
};
/** Components of variables that stand in the store under their name alone. */
const COMPONENTS: Readonly<Record<string, string>> = { HeartbeatInterval: 'OCPPCommCtrlr', MeterValueSampleInterval: 'SampledDataCtrlr' };

type SetStatus = 'Accepted' | 'Rejected' | 'RebootRequired';

/** The variables of a station: which there are, which can be set, and which wait for the next boot (B05 to B08; 1.6 sections 5.3 and 5.8). */
export class DeviceModel {
  private readonly pending = new Map<string, string>();
  private readonly kinds: Readonly<Record<string, Kind>>;
  readonly itemsPerMessage: number;

  constructor(
    protocol: Protocol,
    private readonly values: Map<string, string>,
    private readonly options: DeviceModelOptions = {},
  ) {
    const { itemsPerMessage = ITEMS_PER_MESSAGE } = options;
    this.itemsPerMessage = itemsPerMessage;
    const kinds = protocol === 'ocpp1.6' ? { ...KEYS, GetConfigurationMaxKeys: limit(itemsPerMessage) } : variablesOf(itemsPerMessage);
    this.kinds = kinds;
    for (const [name, { value }] of Object.entries(kinds)) values.set(name, value);
  }

  isReadOnly(name: string): boolean {
    return this.kinds[name]?.readOnly === true;
  }

  set(name: string, value: string): SetStatus {
    const { readOnly, reboot, least = -Infinity } = this.kinds[name] ?? {};
    if (readOnly || Number(value) < least) return 'Rejected';
    if (!reboot) this.values.set(name, value);
    else this.pending.set(name, value);
    return reboot ? 'RebootRequired' : 'Accepted';
  }

  /** The values that were set for the next boot hold from now on. */
  boot(): void {
    for (const [name, value] of this.pending) this.values.set(name, value);
    this.pending.clear();
  }

  /** The parts of a base report; null: the station makes none of that kind. */
  report(base: string): Payload[][] | null {
    if (base !== 'FullInventory' && base !== 'ConfigurationInventory') return null;
    const own = [...this.values].map(([name, value]) => this.reported(name, value));
    return inParts(base === 'FullInventory' ? [...own, ...this.measured()] : own, this.options.perPart ?? PER_PART);
  }

  private reported(name: string, value: string): Payload {
    const { dataType = 'string', readOnly, least } = this.kinds[name] ?? {};
    const characteristics = { dataType, supportsMonitoring: false, ...(least === undefined ? {} : { minLimit: least }) };
    return {
      ...namesOf(name),
      variableAttribute: [{ value, mutability: readOnly ? 'ReadOnly' : 'ReadWrite', persistent: true, constant: false }],
      variableCharacteristics: characteristics,
    };
  }

  private measured(): Payload[] {
    return Array.from({ length: this.options.measuring ?? 0 }, (_, nth) => ({
      component: { name: 'ElectricalFeed', instance: `Feed ${Math.floor(nth / EVSES)}`, evse: { id: (nth % EVSES) + 1 } },
      variable: { name: 'ActivePower' },
      variableAttribute: [{ value: String(nth % 7), mutability: 'ReadOnly', persistent: false, constant: false }],
      variableCharacteristics: { dataType: 'decimal', unit: 'W', supportsMonitoring: true },
    }));
  }
}

function namesOf(stored: string): Payload {
  const dot = stored.indexOf('.');
  const component = dot < 0 ? (COMPONENTS[stored] ?? 'ChargingStation') : stored.slice(0, dot);
  const [, name = stored, instance] = /^(.*?)(?:\[(.*)\])?$/.exec(stored.slice(dot + 1)) ?? [];
  return { component: { name: component }, variable: { name, ...(instance === undefined ? {} : { instance }) } };
}

function limit(items: number): Kind & { value: string } {
  return { ...LIMIT, value: String(items) };
}

function variablesOf(items: number): Record<string, Kind & { value: string }> {
  const limits = ['GetVariables', 'SetVariables', 'GetReport'].map((action) => [
    `DeviceDataCtrlr.ItemsPerMessage[${action}]`,
    limit(items),
  ]);
  return { ...VARIABLES, ...(Object.fromEntries(limits) as Record<string, Kind & { value: string }>) };
}

function inParts(variables: readonly Payload[], size: number): Payload[][] {
  return Array.from({ length: Math.ceil(variables.length / size) }, (_, nth) => variables.slice(nth * size, (nth + 1) * size));
}
