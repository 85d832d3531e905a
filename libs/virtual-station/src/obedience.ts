import type { Protocol } from '@voltbus/contracts';
import type { Obedience } from './call-line';
import type { LocalList } from './local-list';
import type { Personality } from './personality';

type Payload = Record<string, unknown>;

/** What commands do to a station beside being answered. */
export interface Orders {
  remoteStart(idToken: string, evse: number, remoteStartId: number | null): boolean;
  remoteStop(transactionId: string): boolean;
  reset(): void;
  trigger(message: string): boolean;
  setAvailable(available: boolean): void;
  setVariable(name: string, value: string): void;
  variable(name: string): string | undefined;
  variables(): { name: string; value: string }[];
  list(): Pick<LocalList, 'version' | 'take' | 'maxEntries'>;
  /** How its settings are written (quirk 49), and whether it makes reports. */
  habits(): Pick<Personality, 'looseSettings' | 'reportless'>;
  /** After the answer; with the time, as the first and last of its kind. */
  tell(action: string, payload: Payload): void;
}

type Command = (payload: Payload, orders: Orders) => object;

const accepted = (): object => ({ status: 'Accepted' });
const decided = (done: boolean): object => ({ status: done ? 'Accepted' : 'Rejected' });
const text = (value: unknown): string => (value === undefined ? '' : String(value));
const record = (value: unknown): Payload => (typeof value === 'object' && value !== null ? (value as Payload) : {});
const list = (value: unknown): Payload[] => (Array.isArray(value) ? value.map(record) : []);

const OCPP16: Readonly<Record<string, Command>> = {
  CancelReservation: accepted,
  ChangeAvailability: ({ type }, orders) => available(type === 'Operative', orders),
  ChangeConfiguration: ({ key, value }, orders) => (orders.setVariable(text(key), text(value)), accepted()),
  ClearCache: accepted,
  ClearChargingProfile: accepted,
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  GetCompositeSchedule: () => ({ status: 'Rejected' }),
  GetConfiguration: ({ key }, orders) => configuration(key, orders),
  GetDiagnostics: () => ({}),
  GetLocalListVersion: (_payload, orders) => orders.list().version(),
  RemoteStartTransaction: ({ idTag, connectorId }, orders) => decided(orders.remoteStart(text(idTag), Number(connectorId ?? 1), null)),
  RemoteStopTransaction: ({ transactionId }, orders) => decided(orders.remoteStop(text(transactionId))),
  ReserveNow: accepted,
  Reset: (_payload, orders) => (orders.reset(), accepted()),
  SendLocalList: (payload, orders) => orders.list().take(payload),
  SetChargingProfile: accepted,
  TriggerMessage: ({ requestedMessage }, orders) => ({ status: orders.trigger(text(requestedMessage)) ? 'Accepted' : 'NotImplemented' }),
  UnlockConnector: () => ({ status: 'Unlocked' }),
  UpdateFirmware: () => ({}),
};

const OCPP2: Readonly<Record<string, Command>> = {
  CancelReservation: accepted,
  ChangeAvailability: ({ operationalStatus }, orders) => available(operationalStatus === 'Operative', orders),
  ClearCache: accepted,
  ClearChargingProfile: accepted,
  CostUpdated: () => ({}),
  CustomerInformation: (payload, orders) => customer(payload, orders),
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  GetBaseReport: accepted,
  GetChargingProfiles: () => ({ status: 'NoProfiles' }),
  GetCompositeSchedule: () => ({ status: 'Rejected' }),
  GetLocalListVersion: (_payload, orders) => orders.list().version(),
  GetReport: (payload, orders) => report(payload, orders),
  GetTransactionStatus: () => ({ messagesInQueue: false }),
  GetVariables: ({ getVariableData }, orders) => ({ getVariableResult: list(getVariableData).map((asked) => variable(asked, orders)) }),
  NotifyWebPaymentStarted: () => ({}),
  RequestStartTransaction: ({ idToken, evseId, remoteStartId }, orders) =>
    decided(orders.remoteStart(text(record(idToken)['idToken']), Number(evseId ?? 1), Number(remoteStartId))),
  RequestStopTransaction: ({ transactionId }, orders) => decided(orders.remoteStop(text(transactionId))),
  ReserveNow: accepted,
  Reset: (_payload, orders) => (orders.reset(), accepted()),
  SendLocalList: (payload, orders) => orders.list().take(payload),
  SetChargingProfile: accepted,
  SetVariables: ({ setVariableData }, orders) => ({ setVariableResult: list(setVariableData).map((wish) => set(wish, orders)) }),
  TriggerMessage: ({ requestedMessage }, orders) => ({ status: orders.trigger(text(requestedMessage)) ? 'Accepted' : 'NotImplemented' }),
  UnlockConnector: () => ({ status: 'Unlocked' }),
};

/** Obeys a call: the core commands as a small station would, anything else `NotImplemented`. */
export function obey(protocol: Protocol, action: string, payload: Payload, orders: Orders): Obedience {
  const command = (protocol === 'ocpp1.6' ? OCPP16 : OCPP2)[action];
  return command === undefined ? { error: 'NotImplemented' } : { payload: command(payload, orders) };
}

function available(operative: boolean, orders: Orders): object {
  orders.setAvailable(operative);
  return accepted();
}

function configuration(keys: unknown, orders: Orders): object {
  const asked = Array.isArray(keys) && keys.length > 0 ? keys.map(String) : orders.variables().map(({ name }) => name);
  const known = asked.filter((name) => orders.variable(name) !== undefined);
  const { looseSettings } = orders.habits();
  const written = (value = ''): unknown => (!looseSettings ? value : /^\d+$/.test(value) ? Number(value) : `${value} `);
  const readonly = looseSettings ? 0 : false;
  return {
    configurationKey: known.map((key) => ({ key, readonly, value: written(orders.variable(key)) })),
    unknownKey: asked.filter((name) => !known.includes(name)),
  };
}

function variable({ component, variable: named }: Payload, orders: Orders): object {
  const value = orders.variable(nameOf(component, named, orders));
  return value === undefined
    ? { attributeStatus: 'UnknownVariable', component, variable: named }
    : { attributeStatus: 'Accepted', attributeValue: value, component, variable: named };
}

function set({ attributeValue, component, variable: named }: Payload, orders: Orders): object {
  orders.setVariable(nameOf(component, named, orders), text(attributeValue));
  return { attributeStatus: 'Accepted', component, variable: named };
}

/** Those that other components have too are known with theirs. */
function nameOf(component: unknown, named: unknown, orders: Orders): string {
  const name = text(record(named)['name']);
  const whole = `${text(record(component)['name'])}.${name}`;
  return orders.variable(whole) === undefined ? name : whole;
}

/** N09, N10: it has nothing of anybody but his entry in its local list, which it may not touch. */
function customer({ requestId, report: reports, clear }: Payload, orders: Orders): object {
  if (reports !== true && clear !== true) return { status: 'Rejected' };
  orders.tell('NotifyCustomerInformation', { requestId, data: 'nothing is kept of this customer' });
  return accepted();
}

/** B08: a custom report of what was asked for, as far as it is known; how long the local list may be is told here alone. */
function report({ requestId, componentVariable }: Payload, orders: Orders): object {
  if (orders.habits().reportless) return { status: 'NotSupported' };
  const known = list(componentVariable).flatMap(({ component, variable: named }) => {
    const name = nameOf(component, named, orders);
    const value = orders.variable(name);
    const maxLimit = name === 'LocalAuthListCtrlr.Entries' ? { maxLimit: orders.list().maxEntries } : {};
    const variableCharacteristics = { dataType: /^\d+$/.test(value ?? '') ? 'integer' : 'string', supportsMonitoring: false, ...maxLimit };
    return value === undefined ? [] : [{ component, variable: named, variableAttribute: [{ value }], variableCharacteristics }];
  });
  if (known.length === 0) return { status: 'EmptyResultSet' };
  orders.tell('NotifyReport', { requestId, reportData: known });
  return accepted();
}
