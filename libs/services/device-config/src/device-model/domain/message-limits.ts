import { nameOfKey } from './standard-keys';
import { variableId, type VariableName } from './variable';

/** The most items and bytes that a station takes in one message; null: it has not told. */
export interface MessageLimits {
  items: number | null;
  bytes: number | null;
}

interface LimitedAction {
  /** The member of the request that has the items. */
  member: string;
  items: readonly VariableName[];
  bytes: readonly VariableName[];
}

function named(component: string, variable: string, variableInstance: string | null): VariableName {
  return { component, componentInstance: null, evse: null, connector: null, variable, variableInstance, key: null };
}

/** B05.FR.11, B06.FR.05, B08.FR.06, N04, N06.FR.04: the instance names the action; some stations put it into the name of the variable. */
function ofAction(component: string, action: string, member: string): LimitedAction {
  const names = (variable: string) => [named(component, variable, action), named(component, `${variable}${action}`, null)];
  return { member, items: names('ItemsPerMessage'), bytes: names('BytesPerMessage') };
}

/** Requests of which a station may limit the size (2.0.1 part 2, "Referenced Components and Variables"; 1.6 section 9). */
const LIMITED: ReadonlyMap<string, LimitedAction> = new Map(
  Object.entries({
    GetVariables: ofAction('DeviceDataCtrlr', 'GetVariables', 'getVariableData'),
    SetVariables: ofAction('DeviceDataCtrlr', 'SetVariables', 'setVariableData'),
    GetReport: ofAction('DeviceDataCtrlr', 'GetReport', 'componentVariable'),
    SetVariableMonitoring: ofAction('MonitoringCtrlr', 'SetVariableMonitoring', 'setMonitoringData'),
    ClearVariableMonitoring: ofAction('MonitoringCtrlr', 'ClearVariableMonitoring', 'id'),
    SendLocalList: {
      member: 'localAuthorizationList',
      items: [named('LocalAuthListCtrlr', 'ItemsPerMessage', null), nameOfKey('SendLocalListMaxLength')],
      bytes: [named('LocalAuthListCtrlr', 'BytesPerMessage', null)],
    },
    GetConfiguration: { member: 'key', items: [nameOfKey('GetConfigurationMaxKeys')], bytes: [] },
  }),
);

/** The variables that limit an action; null: none does. */
export function limitingVariables(action: string): { items: string[]; bytes: string[] } | null {
  const limited = LIMITED.get(action);
  return limited === undefined ? null : { items: limited.items.map(variableId), bytes: limited.bytes.map(variableId) };
}

/** A limit as a station writes it; null: it is none (empty, zero, negative, no number). */
export function readLimit(value: string | null): number | null {
  const text = (value ?? '').trim();
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

/** What a request has too much of; null: it is within the limits. `path` is a JSON pointer into the request. */
export function beyondLimits(
  action: string,
  payload: Readonly<Record<string, unknown>>,
  { items, bytes }: MessageLimits,
): { path: string; message: string } | null {
  const limited = LIMITED.get(action);
  if (limited === undefined) return null;
  const given = payload[limited.member];
  const path = `/${limited.member}`;
  if (items !== null && Array.isArray(given) && given.length > items)
    return { path, message: `has ${given.length} items, and the station takes ${items} in one ${action}: send several` };
  const size = sizeOf(action, payload);
  if (bytes !== null && size > bytes)
    return { path: '', message: `makes a message of ${size} bytes, and the station takes ${bytes} in one ${action}` };
  return null;
}

/** Bytes of the frame of a call: array, type and a message id of 36 characters around action and payload. */
export function sizeOf(action: string, payload: unknown): number {
  return Buffer.byteLength(JSON.stringify(payload)) + FRAME_BYTES + action.length;
}
const FRAME_BYTES = '[2,"","",]'.length + 36;

/** Splits items so that each message is within the limits. An item that is too large alone has a message of its own: only the station can refuse it. */
export function inMessages<T>(items: readonly T[], limits: MessageLimits, bytesOf: (items: readonly T[]) => number): T[][] {
  const messages: T[][] = [];
  for (const item of items) {
    const last = messages.at(-1);
    const fits =
      last !== undefined && last.length < (limits.items ?? 1) && (limits.bytes === null || bytesOf([...last, item]) <= limits.bytes);
    if (fits) last.push(item);
    else messages.push([item]);
  }
  return messages;
}
