/** Variables whose value lets someone pose as the station, in lower case. 1.6 keys and 2.x variables; a station may know either name. */
const SECRET_NAMES: ReadonlySet<string> = new Set(['authorizationkey', 'basicauthpassword']);

/**
 * True when the payload carries a secret of the station: it would stay in rows, topics and logs. Read before the schema is, so that a malformed
 * one is not stored in an error either. Names are compared without case: stations take them so.
 */
export function carriesSecret(action: string, payload: unknown): boolean {
  switch (action.toLowerCase()) {
    case 'setnetworkprofile':
      return true;
    case 'changeconfiguration':
      return isSecret(member(payload, 'key'));
    case 'setvariables': {
      const data = member(payload, 'setVariableData');
      return Array.isArray(data) && data.some((one) => isSecret(member(member(one, 'variable'), 'name')));
    }
    default:
      return false;
  }
}

function isSecret(name: unknown): boolean {
  return typeof name === 'string' && SECRET_NAMES.has(name.trim().toLowerCase());
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined; // any object may be asked
}
