import { asText, lacksFunction, type Command, type Protocol } from '@voltbus/contracts';
import type { Outcome, Upgrade } from './domain/upgrade';
import { MAX_ORDER, MAX_SLOT } from './limits';

const PRIORITY = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' } };
const VERSIONS: Readonly<Record<Protocol, string>> = { 'ocpp1.6': 'OCPP16', 'ocpp2.0.1': 'OCPP20', 'ocpp2.1': 'OCPP21' };

/** The next command of an upgrade, by its step (A05, B09; 1.6 security whitepaper A05). */
export function messageOf(protocol: Protocol, upgrade: Upgrade): { action: string; payload: Record<string, unknown> } {
  const { step, target, order } = upgrade;
  switch (step) {
    case 'change':
      return { action: 'ChangeConfiguration', payload: { key: 'SecurityProfile', value: String(target) } };
    case 'read':
      return { action: 'GetVariables', payload: { getVariableData: [PRIORITY] } };
    case 'profile':
      return { action: 'SetNetworkProfile', payload: networkProfile(protocol, upgrade) };
    case 'order':
      return { action: 'SetVariables', payload: setting(newOrder(upgrade)) };
    case 'reset':
      return { action: 'Reset', payload: { type: 'OnIdle' } };
    case 'restore':
      return { action: 'SetVariables', payload: setting(order ?? '') };
  }
}

/** The new slot first, and those of before behind it: the station falls back to them. */
function newOrder({ slot, order }: Upgrade): string {
  return [slot ?? '', ...(order === null || order === '' ? [] : [order])].join(',');
}

function setting(attributeValue: string): Record<string, unknown> {
  return { setVariableData: [{ attributeValue, ...PRIORITY }] };
}

/** B09: into a slot that the station does not use. 2.1 ignores the version. */
function networkProfile(protocol: Protocol, { slot, target, network }: Upgrade): Record<string, unknown> {
  return {
    configurationSlot: slot,
    connectionData: {
      ...{ ocppVersion: VERSIONS[protocol], ocppTransport: 'JSON', ocppInterface: network.interface },
      ...{ messageTimeout: network.messageTimeoutSeconds, ocppCsmsUrl: network.url, securityProfile: target },
    },
  };
}

const TAKEN: ReadonlySet<unknown> = new Set(['Accepted', 'RebootRequired']);
const REFUSED: ReadonlySet<unknown> = new Set([
  ...['Rejected', 'NotSupported', 'Failed'],
  ...['UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType'],
]);

/** What a command of an upgrade has come to. */
export function outcomeOf({ action, status, response, error, sentAt }: Command): { outcome: Outcome; reason: string | null } {
  if (status === 'answered') {
    const said = statusIn(action, response);
    if (said === 'Scheduled') return { outcome: 'scheduled', reason: 'the station resets when nobody charges' };
    const outcome = TAKEN.has(said) ? 'accepted' : REFUSED.has(said) ? 'refused' : 'unknown';
    const shown = typeof said === 'string' ? asText(said.slice(0, 50)) : 'nothing';
    return { outcome, reason: said === 'Accepted' ? null : `the station answered ${shown} to ${action}` };
  }
  if (status === 'error' && sentAt !== null) {
    const code = error?.code ?? '';
    return { outcome: lacksFunction(code) ? 'refused' : 'unknown', reason: `the station answered ${action} with the error ${code}` };
  }
  if (status === 'unknown' || sentAt !== null) return { outcome: 'unknown', reason: `the station did not answer ${action}` };
  return { outcome: 'not-sent', reason: `${action} was not sent: ${error?.description ?? status}` };
}

function statusIn(action: string, response: unknown): unknown {
  const { status, setVariableResult, getVariableResult } = (response ?? {}) as Record<string, unknown>;
  if (action !== 'SetVariables' && action !== 'GetVariables') return status;
  const results = action === 'SetVariables' ? setVariableResult : getVariableResult;
  const [first] = Array.isArray(results) ? (results as { attributeStatus?: unknown }[]) : [];
  return first?.attributeStatus;
}

/** The order of slots that the station told. Null: what it told is none. */
export function orderIn(response: unknown): string | null {
  const results = (response as { getVariableResult?: unknown } | null)?.getVariableResult;
  const [first] = Array.isArray(results) ? (results as { attributeValue?: unknown }[]) : [];
  const value = first?.attributeValue;
  if (typeof value !== 'string' || value.length > MAX_ORDER) return null;
  const slots = value.split(',').map((slot) => slot.trim());
  return slots.every((slot) => /^\d{1,9}$/.test(slot)) ? slots.join(',') : null;
}

/** A slot that is not in use (B09): among those that the station names, or a small number. Null: there is none. */
export function freeSlot(order: string, named: string | null): number | null {
  const used = new Set(order.split(',').map(Number));
  const offered = (named ?? '').split(',').flatMap((slot) => (/^\s*\d{1,9}\s*$/.test(slot) ? [Number(slot)] : []));
  const slots = offered.length > 0 ? offered : Array.from({ length: MAX_SLOT }, (_, nth) => nth + 1);
  return slots.find((slot) => !used.has(slot)) ?? null;
}
