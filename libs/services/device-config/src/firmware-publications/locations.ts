import { asText } from '@voltbus/contracts';
import { redactText } from '@voltbus/ocpp';
import { MAX_LOCATIONS, MAX_LOCATION_LENGTH } from './limits';

/** L03.FR.04: where a local controller says that it offers a firmware: bounded, each once, without passwords. */
export function locationsIn(message: object): string[] {
  const { location } = message as { location?: unknown };
  const given = Array.isArray(location) ? location.filter((one): one is string => typeof one === 'string' && one !== '') : [];
  return [...new Set(given.slice(0, MAX_LOCATIONS).map((one) => redactText(asText(one.slice(0, MAX_LOCATION_LENGTH)))))];
}
