import type { Protocol } from '@voltbus/contracts';
import { keyOf, nameOfKey } from './standard-keys';
import { variableId, type VariableName } from './variable';

/** Names as people give them: a key of 1.6, or component and variable of 2.x. */
type GivenName = { [K in keyof VariableName]?: VariableName[K] | undefined };

/** Longest name, instance or key that a request of any version may have. */
const MAX_REQUEST_NAME = 50;

/**
 * What a variable is called at a station of this version: standard ones are found by either name. Null: the station has none of that name, or a request
 * cannot name it as it was given.
 */
export function nameFor(protocol: Protocol, given: GivenName): VariableName | null {
  const name = nameIn(protocol, given);
  return name !== null && fitsRequest(name) ? name : null;
}

/** A connector is one of an EVSE. A request with one name that is too long is refused with everything else in it. */
function fitsRequest({ component, componentInstance, evse, connector, variable, variableInstance, key }: VariableName): boolean {
  const names = key === null ? [component, componentInstance, variable, variableInstance] : [key];
  return (evse !== null || connector === null) && names.every((name) => (name ?? '').length <= MAX_REQUEST_NAME);
}

/** Tells apart what people name: a standard key of 1.6 and its counterpart are the same variable. */
export function givenId(given: GivenName): string {
  return variableId(nameIn('ocpp2.1', given) ?? nameOfKey(given.key ?? ''));
}

function nameIn(protocol: Protocol, given: GivenName): VariableName | null {
  const {
    component = null,
    componentInstance = null,
    evse = null,
    connector = null,
    variable = '',
    variableInstance = null,
    key = null,
  } = given;
  const named = { component, componentInstance, evse, connector, variable, variableInstance, key };
  if (protocol === 'ocpp1.6') {
    const own = key ?? keyOf(named);
    return own === null ? null : nameOfKey(own);
  }
  const standard = key === null ? named : nameOfKey(key);
  return standard.component === null ? null : { ...standard, key: null };
}
