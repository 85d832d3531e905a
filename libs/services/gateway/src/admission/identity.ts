import { DEFAULT_TENANT, MAX_STATION_LENGTH, TENANT_PATTERN, type StationRef } from '@voltbus/contracts';

const PREFIX = 'ocpp';
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Who connects: `/ocpp/<tenant>/<station>`, or `/ocpp/<station>` for the default tenant. Percent-decoded once; slashes that are doubled or trailing
 * do not count; an encoded slash is part of the identity (protocol: J 3.1, 2.x Part 4 3.1). Null: not the URL of a station. Identities are
 * case-sensitive, 1 to 48 characters, without control characters.
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
