import type { ActionInfo } from './action';
import { ACTIONS } from './generated/actions';
import type { Protocol } from './protocols';

const BY_NAME: Readonly<Record<Protocol, ReadonlyMap<string, ActionInfo>>> = {
  'ocpp1.6': byName('ocpp1.6'),
  'ocpp2.0.1': byName('ocpp2.0.1'),
  'ocpp2.1': byName('ocpp2.1'),
};

function byName(protocol: Protocol): ReadonlyMap<string, ActionInfo> {
  return new Map(ACTIONS[protocol].map((info) => [info.action, info]));
}

/** The action of that exact name (names are case sensitive), or undefined when the version has none. */
export function findAction(protocol: Protocol, action: string): ActionInfo | undefined {
  return BY_NAME[protocol].get(action);
}

/** Every action of the version, in alphabetical order. */
export function actionsOf(protocol: Protocol): readonly ActionInfo[] {
  return ACTIONS[protocol];
}
