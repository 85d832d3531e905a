import type { Protocol } from '@voltbus/contracts';
import { keyOf, nameOfKey } from './standard-keys';
import type { VariableName } from './variable';

/** Names as people give them: a key of 1.6, or component and variable of 2.x. */
export type GivenName = { [K in keyof VariableName]?: VariableName[K] | undefined };

/** What a variable is called at a station of this version: standard ones are found by either name. Null: the station has none of that name. */
export function nameFor(protocol: Protocol, given: GivenName): VariableName | null {
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
