import { ACTIONS } from './generated/actions';
import type { Protocol } from './protocols';

/** What a version says about one of its actions. */
export interface ActionInfo {
  action: string;
  /** Who sends the request. */
  initiator: 'station' | 'csms' | 'both';
  /** `send`: 2.1's unconfirmed message, never answered. */
  kind: 'call' | 'send';
  /** Functional block (2.x: `A` to `S`) or feature profile (1.6: `Core`, ...). */
  block: string;
  /** There is a response and it has no members, vendor extensions aside: it can carry no decision. */
  emptyResponse: boolean;
}

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
