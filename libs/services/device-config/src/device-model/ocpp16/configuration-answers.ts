import type { v16 } from '@voltbus/ocpp';
import { nameText, valueText, type Observation } from '../domain/observation';
import { nameOfKey } from '../domain/standard-keys';

/** Keys in the answer to a GetConfiguration (1.6 section 5.8). Those that the station does not know are gone. */
export function observationsOfGet(response: unknown): Observation[] {
  const { configurationKey = [], unknownKey = [] } = (response ?? {}) as v16.GetConfigurationResponse; // the gateway has checked its shape
  const known = configurationKey.flatMap(({ key, value, readonly }): Observation[] => {
    const name = nameText(key);
    if (name === null) return [];
    return [
      {
        name: nameOfKey(name),
        attributes: [{ type: 'Actual', value: valueText(value), mutability: isTrue(readonly) ? 'ReadOnly' : 'ReadWrite' }],
      },
    ];
  });
  const unknown = unknownKey.flatMap((key): Observation[] => {
    const name = nameText(key);
    return name === null ? [] : [{ name: nameOfKey(name), attributes: [], gone: true }];
  });
  return [...unknown, ...known];
}

/** A key that the station has taken on (1.6 section 5.3). */
export function observationsOfChange(request: unknown, response: unknown): Observation[] {
  const { key, value } = request as v16.ChangeConfigurationRequest; // the router has checked it
  const { status } = (response ?? {}) as Partial<v16.ChangeConfigurationResponse>;
  const name = nameText(key);
  if (name === null || (status !== 'Accepted' && status !== 'RebootRequired')) return [];
  const pending = status === 'RebootRequired' ? { pending: true } : {};
  return [{ name: nameOfKey(name), attributes: [{ type: 'Actual', value: valueText(value), ...pending }] }];
}

/** Some stations write 0 and 1 (quirk 49). */
function isTrue(given: unknown): boolean {
  return given === true || given === 1 || String(given).toLowerCase() === 'true';
}
