import { isSealedSecret } from '@voltbus/contracts';

/**
 * Variables whose value lets someone pose as the station or open its network, in lower case. 1.6 keys and 2.x variables: a station may know
 * either name, on any component and instance.
 */
const SECRET_VARIABLES: ReadonlySet<string> = new Set([
  'authorizationkey',
  'basicauthpassword',
  'sharedsecret',
  'vpnpassword',
  'vpnkey',
  'apnpassword',
  'simpin',
]);

/** Services send secrets sealed, so that they lie nowhere in clear; nobody else may send any. */
type Sender = 'service' | 'operator';

/**
 * True when the payload carries a secret of the station, which is set by other routes. It is checked before the schema, so that a malformed payload
 * is not stored in an error either. Names are compared without case, as stations do.
 */
export function carriesSecret(action: string, payload: unknown, sender: Sender): boolean {
  const isAllowed = (value: unknown): boolean => sender === 'service' && isSealedSecret(value);
  switch (action.toLowerCase()) {
    case 'setnetworkprofile':
      return profileCarriesSecret(member(payload, 'connectionData'));
    case 'changeconfiguration':
      return isSecretVariable(member(payload, 'key')) && !isAllowed(member(payload, 'value'));
    case 'setvariables': {
      const data = member(payload, 'setVariableData');
      if (!Array.isArray(data)) return false;
      return data.some((one) => isSecretVariable(member(member(one, 'variable'), 'name')) && !isAllowed(member(one, 'attributeValue')));
    }
    default:
      return false;
  }
}

/** B09: a profile without one is an ordinary command. */
function profileCarriesSecret(connectionData: unknown): boolean {
  const vpn = member(connectionData, 'vpn');
  const apn = member(connectionData, 'apn');
  const own = [
    member(connectionData, 'basicAuthPassword'),
    ...[member(vpn, 'password'), member(vpn, 'key')],
    ...[member(apn, 'apnPassword'), member(apn, 'simPin')],
  ];
  return own.some(isGiven) || namesPassword(member(connectionData, 'ocppCsmsUrl'));
}

/** `user:password@` of a URL. */
function namesPassword(url: unknown): boolean {
  return typeof url === 'string' && /:\/\/[^/\s?#]*:[^/\s?#]+@/.test(url);
}

/** An empty value is no secret; any other value is one, whatever its type. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isSecretVariable(name: unknown): boolean {
  return typeof name === 'string' && SECRET_VARIABLES.has(name.trim().toLowerCase());
}

/** Member names are compared without case too: a payload that the schema refuses must not be stored in its error. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const own = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return own?.[1];
}
