import type { Protocol } from '@voltbus/contracts';
import { inMessages, sizeOf, type MessageLimits } from './message-limits';
import type { AttributeType, StoredVariable, VariableName } from './variable';

/** A value that an attribute of a station's variable shall have. */
export interface WantedValue {
  name: VariableName;
  attribute: AttributeType;
  value: string;
  /** Secrets are sent alone, so that one that is refused keeps back no other value. */
  secret: boolean;
}

/** One message that sets values, and what it sets. */
export interface SettingMessage<T extends WantedValue> {
  action: 'SetVariables' | 'ChangeConfiguration';
  payload: Record<string, unknown>;
  items: T[];
}

/** What came of a value that was to be set. */
export const SETTING_RESULTS = [
  'accepted',
  'reboot-required',
  'rejected',
  'unknown-component',
  'unknown-variable',
  'not-supported',
  'read-only',
  'refused',
  'offline',
  'pending',
  'not-sent',
  'not-answered',
] as const;
export type SettingResult = (typeof SETTING_RESULTS)[number];

/** The statuses of 2.x (`SetVariableStatusEnumType`) and of 1.6 (`ConfigurationStatus`). */
const RESULTS: ReadonlyMap<unknown, SettingResult> = new Map([
  ['Accepted', 'accepted'],
  ['RebootRequired', 'reboot-required'],
  ['Rejected', 'rejected'],
  ['UnknownComponent', 'unknown-component'],
  ['UnknownVariable', 'unknown-variable'],
  ['NotSupportedAttributeType', 'not-supported'],
  ['NotSupported', 'not-supported'],
]);

export function settingResult(status: unknown): SettingResult {
  return RESULTS.get(status) ?? 'not-answered';
}

/** Longest value that a request may have, by version. */
export const LONGEST_SET_VALUE = { 'ocpp1.6': 500, 'ocpp2.0.1': 1_000, 'ocpp2.1': 2_500 } as const;

/** The messages of 2.x that set these values, each within the limits that the station has told (B05.FR.11). */
function setVariables<T extends WantedValue>(wanted: readonly T[], limits: MessageLimits): SettingMessage<T>[] {
  const alone = wanted.filter(({ secret }) => secret).map((one) => [one]);
  const together = wanted.filter(({ secret }) => !secret);
  const groups = [...inMessages(together, limits, (items) => sizeOf('SetVariables', requestOf(items))), ...alone];
  return groups.map((items) => ({ action: 'SetVariables', payload: requestOf(items), items }));
}

/** The messages of 1.6: a key each (section 5.3). */
function changeConfiguration<T extends WantedValue>(wanted: readonly T[]): SettingMessage<T>[] {
  return wanted.map((one) => ({ action: 'ChangeConfiguration', payload: { key: one.name.key, value: one.value }, items: [one] }));
}

/** The messages that set these values at a station of this version. */
export function settingMessages<T extends WantedValue>(
  protocol: Protocol,
  wanted: readonly T[],
  limits: MessageLimits,
): SettingMessage<T>[] {
  return protocol === 'ocpp1.6' ? changeConfiguration(wanted) : setVariables(wanted, limits);
}

/** The requests that read these variables, each within the limits of the station (B06.FR.05; 1.6 section 5.8). */
export function readingMessages(
  protocol: Protocol,
  wanted: readonly Pick<WantedValue, 'name' | 'attribute'>[],
  limits: MessageLimits,
): { action: 'GetVariables' | 'GetConfiguration'; payload: Record<string, unknown> }[] {
  if (protocol === 'ocpp1.6') {
    const request = (items: typeof wanted) => ({ key: items.map(({ name }) => name.key) });
    const groups = inMessages(wanted, { items: limits.items ?? KEYS_PER_MESSAGE, bytes: null }, () => 0);
    return groups.map((items) => ({ action: 'GetConfiguration', payload: request(items) }));
  }
  const request = (items: typeof wanted) => ({
    getVariableData: items.map(({ name, attribute }) => ({
      ...(attribute === 'Actual' ? {} : { attributeType: attribute }),
      ...wireNames(name),
    })),
  });
  return inMessages(wanted, limits, (items) => sizeOf('GetVariables', request(items))).map((items) => ({
    action: 'GetVariables',
    payload: request(items),
  }));
}

/** Keys in one request to a station of 1.6 that has not told how many it takes (GetConfigurationMaxKeys). */
const KEYS_PER_MESSAGE = 20;

/** A variable as a request of 2.x names it. */
export function wireNames({ component, componentInstance, evse, connector, variable, variableInstance }: VariableName): {
  component: { name: string; instance?: string; evse?: { id: number; connectorId?: number } };
  variable: { name: string; instance?: string };
} {
  const place = evse === null ? {} : { evse: { id: evse, ...(connector === null ? {} : { connectorId: connector }) } };
  return {
    component: { name: component ?? '', ...(componentInstance === null ? {} : { instance: componentInstance }), ...place },
    variable: { name: variable, ...(variableInstance === null ? {} : { instance: variableInstance }) },
  };
}

export function isReadOnly({ attributes }: StoredVariable, attribute: AttributeType): boolean {
  const { mutability, constant } = attributes[attribute] ?? {};
  return mutability === 'ReadOnly' || constant === true;
}

function requestOf(wanted: readonly WantedValue[]): Record<string, unknown> {
  return {
    setVariableData: wanted.map(({ name, attribute, value }) => ({
      ...(attribute === 'Actual' ? {} : { attributeType: attribute }),
      attributeValue: value,
      ...wireNames(name),
    })),
  };
}
