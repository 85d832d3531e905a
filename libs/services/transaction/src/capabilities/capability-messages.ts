import type { Protocol } from '@voltbus/contracts';
import type { v16, v21 } from '@voltbus/ocpp';
import type { StationCall } from '../remote-control';
import type { LimitKind } from '../limits';

/** The capabilities that a station has reported; left out are those it has not, or not readably. */
export interface Capabilities {
  listAvailable?: boolean;
  listEnabled?: boolean;
  /** Tokens that its local list has room for (D01.FR.12). */
  maxEntries?: number;
  /** Entries, and bytes, that one SendLocalList may have (D01.FR.11). */
  entriesPerMessage?: number;
  bytesPerMessage?: number;
  /** Variables that one GetVariables may have (B06.FR.05). */
  variablesPerMessage?: number;
  /** 1.6: shows prices and costs that it is sent by DataTransfer (OCPP & California Pricing Requirements). */
  costMessages?: boolean;
  /** 2.1: kinds of limits that it keeps (E16.FR.12); empty: none. */
  limits?: readonly LimitKind[];
}

/** The capabilities that an answer changes; null: no longer known. */
export type CapabilityChanges = { [K in keyof Capabilities]?: Capabilities[K] | null };

/** The capabilities of a station that other blocks need. */
export interface WantedCapabilities {
  list: boolean;
  limits: boolean;
  /** Of 1.6 alone. */
  costs: boolean;
}

type Readers = { [K in keyof Capabilities]-?: (value: unknown) => Capabilities[K] | null };

/** Stations write values as they like: padded, empty, as numbers, -1 (quirk 49). */
const READERS: Readers = {
  listAvailable: readBoolean,
  listEnabled: readBoolean,
  maxEntries: readCount,
  entriesPerMessage: readCount,
  bytesPerMessage: readCount,
  variablesPerMessage: readCount,
  costMessages: readBoolean,
  limits: readLimits,
};

const LIST_KEYS = new Map<string, keyof Capabilities>([
  ['LocalAuthListEnabled', 'listEnabled'],
  ['SendLocalListMaxLength', 'entriesPerMessage'],
  ['LocalAuthListMaxLength', 'maxEntries'],
]);
const COST_KEYS = new Map<string, keyof Capabilities>([['CustomDisplayCostAndPrice', 'costMessages']]);
const KEYS = new Map([...LIST_KEYS, ...COST_KEYS]);
const LIST = 'LocalAuthListCtrlr';
const LIST_VARIABLES = new Map<string, keyof Capabilities>([
  ['Available', 'listAvailable'],
  ['Enabled', 'listEnabled'],
  ['ItemsPerMessage', 'entriesPerMessage'],
  ['BytesPerMessage', 'bytesPerMessage'],
]);
const LIMITS = { component: { name: 'TxCtrlr' }, variable: { name: 'SupportedLimits' } };
/** Its maxLimit is a characteristic, which only a report contains (B08), and no GetVariables. */
const ENTRIES = { component: { name: LIST }, variable: { name: 'Entries' } };

/** B06.FR.05: a station tells it in its reports. */
const PER_MESSAGE = { component: 'DeviceDataCtrlr', variable: 'ItemsPerMessage', instance: 'GetVariables' };
/** Variables of one query, whatever the station takes. */
const MAX_PER_QUERY = 4;
/** The most queries for variables: of a station that takes one at a time. */
const MAX_VARIABLE_QUERIES = LIST_VARIABLES.size + 1;

/** The value list of 2.1 calls maxTime "maxLength". */
const KINDS = new Map<string, LimitKind | null>([
  ['maxenergy', 'maxEnergyWh'],
  ['maxtime', 'maxSeconds'],
  ['maxlength', 'maxSeconds'],
  ['maxcost', 'maxCost'],
  ['maxsoc', null], // nobody here sets one
]);

/** A query, and what tells it apart from the other queries of its time. */
interface CapabilityQuery extends StationCall {
  key: string;
}

/** The queries for a station, by its version, each within what the station takes at once (B06.FR.05). */
export function capabilityQueries(
  protocol: Protocol,
  { list, limits, costs, perMessage }: WantedCapabilities & { perMessage: number | null },
  requestId: number,
): CapabilityQuery[] {
  if (protocol === 'ocpp1.6') {
    const key = [...(list ? LIST_KEYS.keys() : []), ...(costs ? COST_KEYS.keys() : [])];
    return key.length === 0 ? [] : [{ key: 'GetConfiguration', action: 'GetConfiguration', payload: { key } }];
  }
  const ofList = [...LIST_VARIABLES.keys()].map((name) => ({ component: { name: LIST }, variable: { name } }));
  const ofLimits = limits && protocol === 'ocpp2.1' ? [LIMITS] : [];
  const most = Math.min(MAX_PER_QUERY, perMessage ?? MAX_PER_QUERY);
  const queries = [...inParts(list ? ofList : [], most), ...inParts(ofLimits, most)];
  return [
    ...queries.map((getVariableData, nth) => ({ key: keyOfQuery(nth), action: 'GetVariables', payload: { getVariableData } })),
    ...(list ? [{ key: 'GetReport', action: 'GetReport', payload: { requestId, componentVariable: [ENTRIES] } }] : []),
  ];
}

/** Keys that the queries of an action may have. */
export function queryKeys(action: string): string[] {
  return action === 'GetVariables' ? Array.from({ length: MAX_VARIABLE_QUERIES }, (_, nth) => keyOfQuery(nth)) : [action];
}

function keyOfQuery(nth: number): string {
  return nth === 0 ? 'GetVariables' : `GetVariables ${nth + 1}`;
}

function inParts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, nth) => items.slice(nth * size, (nth + 1) * size));
}

/** The capabilities in an answer, also in one to an operator. Those that were not queried are left out. */
export function changesIn(action: string, response: unknown): CapabilityChanges {
  if (action === 'GetConfiguration') return fromConfiguration(response as v16.GetConfigurationResponse); // the gateway has checked its shape
  return action === 'GetVariables' ? fromVariables(response as v21.GetVariablesResponse) : {};
}

/**
 * The capabilities that are no longer known when a station answers a query with an error, or without them. Those from
 * a report stand until the next report.
 */
export function changesOnNoValue(action: string, payload: Readonly<Record<string, unknown>>): CapabilityChanges {
  if (action === 'GetConfiguration') {
    const { key = [] } = payload as Partial<v16.GetConfigurationRequest>; // our own query
    return Object.fromEntries(key.flatMap((one) => keyOf(KEYS, one) ?? []).map((name) => [name, null]));
  }
  if (action === 'GetReport') return {};
  const { getVariableData = [] } = payload as Partial<v21.GetVariablesRequest>; // our own query
  const names = getVariableData.map(({ component, variable }) =>
    is(component.name, LIST) ? keyOf(LIST_VARIABLES, variable.name) : 'limits',
  );
  return Object.fromEntries(names.flatMap((name) => (name === undefined ? [] : [[name, null]])));
}

type ReportedVariables = Pick<v21.NotifyReportRequest, 'reportData'>;

/**
 * D01.FR.11 to 13, B06.FR.05: in any report, also one that an operator requested. Null: the report has none of them. Some stations tell the limit of the list only
 * where they are asked for it: a report without it does not take back what is known.
 */
export function changesInReport({ reportData = [] }: ReportedVariables): CapabilityChanges | null {
  const entries = reportData.find(isEntries);
  const perMessage = reportData.find(
    ({ component, variable }) =>
      is(component.name, PER_MESSAGE.component) &&
      is(variable.name, PER_MESSAGE.variable) &&
      is(variable.instance ?? '', PER_MESSAGE.instance),
  );
  const ofList = changesOf(
    reportData.flatMap((one) => {
      const value = actualOf(one);
      return value !== undefined && is(one.component.name, LIST) ? [[keyOf(LIST_VARIABLES, one.variable.name), value] as const] : [];
    }),
  );
  if (entries === undefined && perMessage === undefined && Object.keys(ofList).length === 0) return null;
  const { maxLimit } = entries?.variableCharacteristics ?? {};
  return {
    ...ofList,
    ...(maxLimit === undefined ? {} : { maxEntries: readCount(maxLimit) }),
    ...(perMessage === undefined ? {} : { variablesPerMessage: readCount(actualOf(perMessage)) }),
  };
}

/** The value of a reported variable; the type of an attribute is Actual where it is left out. */
function actualOf({ variableAttribute = [] }: NonNullable<ReportedVariables['reportData']>[number]): unknown {
  return variableAttribute.find(({ type = 'Actual' }) => type === 'Actual')?.value;
}

/** Whether a report is about the length of the list, which our own query asks for. */
export function reportsEntries({ reportData = [] }: ReportedVariables): boolean {
  return reportData.some(isEntries);
}

function isEntries({ component, variable }: NonNullable<ReportedVariables['reportData']>[number]): boolean {
  return is(component.name, LIST) && is(variable.name, 'Entries');
}

/** Whether a command may have changed these capabilities of a station. */
export function touchesList(action: string, payload: Record<string, unknown>): boolean {
  if (action === 'ChangeConfiguration') return typeof payload['key'] === 'string' && keyOf(KEYS, payload['key']) !== undefined;
  const { setVariableData = [] } = payload as Partial<v21.SetVariablesRequest>; // the router has checked it
  return setVariableData.some(({ component }) => is(component.name, LIST));
}

function fromConfiguration({ configurationKey = [], unknownKey = [] }: v16.GetConfigurationResponse): CapabilityChanges {
  const known = configurationKey.map(({ key, value }) => [keyOf(KEYS, key), value] as const);
  const unknown = unknownKey.map((key) => [keyOf(KEYS, key), undefined] as const);
  return changesOf([...unknown, ...known]);
}

function fromVariables({ getVariableResult }: v21.GetVariablesResponse): CapabilityChanges {
  return changesOf(
    getVariableResult
      .filter(({ attributeType = 'Actual' }) => attributeType === 'Actual')
      .map(({ component, variable, attributeStatus, attributeValue }) => {
        if (is(component.name, LIST)) return [keyOf(LIST_VARIABLES, variable.name), attributeValue] as const;
        const aboutLimits = is(component.name, LIMITS.component.name) && is(variable.name, LIMITS.variable.name);
        // a station that does not have the variable keeps no limits (2.1, TxSupportedLimits)
        const value = attributeStatus === 'UnknownVariable' || attributeStatus === 'UnknownComponent' ? '' : attributeValue;
        return [aboutLimits ? ('limits' as const) : undefined, value] as const;
      }),
  );
}

function changesOf(values: readonly (readonly [keyof Capabilities | undefined, unknown])[]): CapabilityChanges {
  return Object.fromEntries(values.flatMap(([name, value]) => (name === undefined ? [] : [[name, READERS[name](value) ?? null]])));
}

function readBoolean(value: unknown): boolean | null {
  const text = String(value).trim().toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** Null for zero: neither a list nor a message without entries can be meant. */
function readCount(value: unknown): number | null {
  const text = String(value).trim();
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

function readLimits(value: unknown): LimitKind[] | null {
  if (typeof value !== 'string') return null;
  const kinds = value.split(',').map((kind) => kind.trim().toLowerCase());
  const known = kinds.filter((kind) => KINDS.has(kind));
  if (known.length === 0 && kinds.some((kind) => kind !== '')) return null;
  return [...new Set(known.flatMap((kind) => KINDS.get(kind) ?? []))];
}

function keyOf(names: ReadonlyMap<string, keyof Capabilities>, name: string): keyof Capabilities | undefined {
  return [...names].find(([known]) => is(known, name))?.[1];
}

/** Names are compared without regard to case. */
function is(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
