import { DEFAULT_TENANT, MAX_STATION_LENGTH, TENANT_PATTERN, type StationRef } from '@voltbus/contracts';

const PREFIX = 'ocpp';
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Reads the station from `/ocpp/<tenant>/<station>`, or from `/ocpp/<station>` for the default tenant; null when the URL is none of a station. Segments are
 * percent-decoded once, doubled and trailing slashes do not count, and an encoded slash is part of the identity (J 3.1, 2.x Part 4 3.1). Identities are
 * case-sensitive, have 1 to 48 characters and no control characters.
 */
export function parseIdentity(path: string): StationRef | null {
  const [prefix, ...rest] = path.split('/').filter((segment) => segment !== '');
  if (prefix !== PREFIX || rest.length < 1 || rest.length > 2) return null;
  const [station, tenant = DEFAULT_TENANT] = rest.map(decoded).reverse();
  if (station === undefined || station === null || tenant === null || !TENANT_PATTERN.test(tenant)) return null;
  if (station === '' || station === '.' || station === '..' || station.length > MAX_STATION_LENGTH || CONTROL.test(station)) return null;
  return { tenant, station };
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
