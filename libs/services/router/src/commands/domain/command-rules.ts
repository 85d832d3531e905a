import type { Protocol } from '@voltbus/contracts';

/** A rule that the payload breaks, and where. */
interface BrokenRule {
  /** JSON pointer into the payload. */
  path: string;
  message: string;
}

type Rule = (payload: Record<string, unknown>, protocol: Protocol) => BrokenRule[];

/** Rules of the specification for requests of a CSMS that the schemas do not express. A station could only guess the meaning of a request that breaks them. */
const RULES: Readonly<Record<string, Rule>> = {
  RemoteStartTransaction: ({ chargingProfile }) => profileOfAStart(chargingProfile, '1.6 section 5.11'),
  RequestStartTransaction: ({ chargingProfile }) => profileOfAStart(chargingProfile, 'F02.FR.17, F02.FR.19'),
  SendLocalList: (payload) => [...versionOfAList(payload), ...tokensTwice(payload)],
  TriggerMessage: triggeredStatus,
  SetVariables: variablesTwice,
};

/** Returns the rules that a payload breaks although it fits its schema. */
export function brokenRules(protocol: Protocol, action: string, payload: Record<string, unknown>): BrokenRule[] {
  return RULES[action]?.(payload, protocol) ?? [];
}

function profileOfAStart(profile: unknown, source: string): BrokenRule[] {
  if (profile === undefined) return [];
  const { chargingProfilePurpose, transactionId } = profile as { chargingProfilePurpose: string; transactionId?: unknown };
  const purpose = { path: '/chargingProfile/chargingProfilePurpose', message: `must be TxProfile (${source})` };
  const named = { path: '/chargingProfile/transactionId', message: `must be left out: there is no transaction yet (${source})` };
  return [...(chargingProfilePurpose === 'TxProfile' ? [] : [purpose]), ...(transactionId === undefined ? [] : [named])];
}

/** 1.6 section 5.15, D01.FR.18: with 0 or -1 a station reports that it has no list. */
function versionOfAList({ listVersion, versionNumber }: Record<string, unknown>): BrokenRule[] {
  const path = listVersion === undefined ? '/versionNumber' : '/listVersion';
  return Number(listVersion ?? versionNumber) > 0 ? [] : [{ path, message: 'must be greater than 0 (1.6 section 5.15, D01.FR.18)' }];
}

/** D01.FR.06: type and token are compared without case. */
function tokensTwice({ localAuthorizationList = [] }: Record<string, unknown>): BrokenRule[] {
  const tokens = (localAuthorizationList as ListEntry[]).map(({ idTag, idToken }) => idTag ?? `${idToken?.type} ${idToken?.idToken}`);
  return twice(tokens).map((index) => ({ path: `/localAuthorizationList/${index}`, message: 'is there already (D01.FR.06)' }));
}

interface ListEntry {
  idTag?: string;
  idToken?: { idToken: string; type: string };
}

/** F06.FR.13: a StatusNotification of 2.x is about one connector, which EVSE and connector id name. In 1.6, leaving both out means all connectors. */
function triggeredStatus({ requestedMessage, evse }: Record<string, unknown>, protocol: Protocol): BrokenRule[] {
  if (requestedMessage !== 'StatusNotification' || protocol === 'ocpp1.6') return [];
  if (evse === undefined) return [{ path: '/evse', message: 'is needed for StatusNotification, with its connectorId (F06.FR.13)' }];
  const named = (evse as { connectorId?: number }).connectorId !== undefined;
  return named ? [] : [{ path: '/evse/connectorId', message: 'is needed for StatusNotification (F06.FR.13)' }];
}

interface VariableToSet {
  component: { name: string; instance?: string; evse?: { id: number; connectorId?: number } };
  variable: { name: string; instance?: string };
  attributeType?: string;
}

/** B05.FR.13: a variable is set once in a request. */
function variablesTwice({ setVariableData }: Record<string, unknown>): BrokenRule[] {
  const named = (setVariableData as VariableToSet[]).map(({ component: { name, instance, evse }, variable, attributeType = 'Actual' }) =>
    JSON.stringify([name, instance, evse?.id, evse?.connectorId, variable.name, variable.instance, attributeType]),
  );
  return twice(named).map((index) => ({ path: `/setVariableData/${index}`, message: 'sets what is set already (B05.FR.13)' }));
}

/** Returns the indexes of names that occur before. */
function twice(names: readonly string[]): number[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const known = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return known ? [index] : [];
  });
}
