import type { AckClass, Lane, Protocol } from './station-state';

/** Parts of the tenant's policy that decide how a message is answered. */
export interface AckPolicy {
  /** TransactionEvent Updated may get something in its answer (running cost, limits, a message). */
  answersUpdates: boolean;
}

interface Traffic {
  lane: Lane;
  /** `payload`: the class depends on the payload. */
  ack: AckClass | 'payload';
  versions: readonly Protocol[];
}

const V16: readonly Protocol[] = ['ocpp1.6'];
const V2: readonly Protocol[] = ['ocpp2.0.1', 'ocpp2.1'];
const V21: readonly Protocol[] = ['ocpp2.1'];
const ALL: readonly Protocol[] = [...V16, ...V2];

function traffic(lane: Lane, ack: Traffic['ack'], versions: readonly Protocol[]): Traffic {
  return { lane, ack, versions };
}

/**
 * Every action that stations send. `durable` only where the answer carries no decision in any case (a spec compares it
 * with the response schemas) AND the lane's service keeps the message: what nobody keeps yet is `service`, so that the
 * station hears NotImplemented rather than thanks for something that is thrown away.
 */
const TRAFFIC: Readonly<Record<string, Traffic>> = {
  // transaction: C, D, E, F, H, J, K
  Authorize: traffic('transaction', 'service', ALL),
  StartTransaction: traffic('transaction', 'service', V16),
  StopTransaction: traffic('transaction', 'service', V16),
  TransactionEvent: traffic('transaction', 'payload', V2),
  MeterValues: traffic('transaction', 'durable', ALL),
  ReservationStatusUpdate: traffic('transaction', 'durable', V2),
  NotifyChargingLimit: traffic('transaction', 'durable', V2),
  ClearedChargingLimit: traffic('transaction', 'durable', V2),
  ReportChargingProfiles: traffic('transaction', 'durable', V2),
  NotifyPriorityCharging: traffic('transaction', 'durable', V21),
  NotifyEVChargingNeeds: traffic('transaction', 'service', V2),
  NotifyEVChargingSchedule: traffic('transaction', 'service', V2),
  PullDynamicScheduleUpdate: traffic('transaction', 'service', V21),
  // M06: asked of the responders that are asked about contracts; M01, M02: contracts for cars
  GetCertificateStatus: traffic('transaction', 'service', V2),
  Get15118EVCertificate: traffic('transaction', 'service', V2),
  // Payment at the station (C in 2.1): the answer may carry a receipt, or an address for the invoice.
  NotifySettlement: traffic('transaction', 'service', V21),
  VatNumberValidation: traffic('transaction', 'service', V21),

  // device: A, B, G, L, M (but M01, M02, M06), N, O
  BootNotification: traffic('device', 'service', ALL),
  Heartbeat: traffic('device', 'edge', ALL),
  StatusNotification: traffic('device', 'durable', ALL),
  NotifyReport: traffic('device', 'durable', V2),
  SecurityEventNotification: traffic('device', 'durable', ALL),
  SignCertificate: traffic('device', 'service', ALL),
  GetCertificateChainStatus: traffic('device', 'service', V21),
  FirmwareStatusNotification: traffic('device', 'durable', ALL),
  SignedFirmwareStatusNotification: traffic('device', 'durable', V16),
  PublishFirmwareStatusNotification: traffic('device', 'durable', V2),
  DiagnosticsStatusNotification: traffic('device', 'durable', V16),
  LogStatusNotification: traffic('device', 'durable', ALL),
  NotifyEvent: traffic('device', 'durable', V2),
  NotifyMonitoringReport: traffic('device', 'durable', V2),
  NotifyCustomerInformation: traffic('device', 'durable', V2),
  NotifyDisplayMessages: traffic('device', 'durable', V2),
  OpenPeriodicEventStream: traffic('device', 'service', V21),
  ClosePeriodicEventStream: traffic('device', 'durable', V21),
  NotifyPeriodicEventStream: traffic('device', 'none', V21),

  // router: P, and the blocks no service claims yet (R distributed energy resources, S battery swapping)
  DataTransfer: traffic('router', 'service', ALL),
  NotifyDERAlarm: traffic('router', 'service', V21),
  NotifyDERStartStop: traffic('router', 'service', V21),
  ReportDERControl: traffic('router', 'service', V21),
  BatterySwap: traffic('router', 'service', V21),
};

/** What is not in the table, an action of another version included, is the router's to refuse. */
const UNCLAIMED = traffic('router', 'service', ALL);

function find(protocol: Protocol, action: string): Traffic {
  // Stations choose the name: `toString` is not in the table.
  const found = Object.hasOwn(TRAFFIC, action) ? TRAFFIC[action] : undefined;
  return found?.versions.includes(protocol) ? found : UNCLAIMED;
}

/** ISO 15118 Plug & Charge on 1.6 (an application note of the OCA): messages of 2.0.1 about contracts and tokens, in DataTransfer of this vendor. */
export const PLUG_AND_CHARGE_VENDOR = 'org.openchargealliance.iso15118pnc';

/** The lane of what a station sends; whatever no other lane claims is the router's, and so is a DataTransfer that cannot be read. */
export function laneOf(protocol: Protocol, action: string, payload?: unknown): Lane {
  return carriesPlugAndCharge(protocol, action) && isPlugAndCharge(payload) ? 'transaction' : find(protocol, action).lane;
}

/** Whether `laneOf` or `ackClass` must see the payload; of all other messages the gateway need not parse it. */
export function needsPayload(protocol: Protocol, action: string): boolean {
  return carriesPlugAndCharge(protocol, action) || find(protocol, action).ack === 'payload';
}

function carriesPlugAndCharge(protocol: Protocol, action: string): boolean {
  return protocol === 'ocpp1.6' && action === 'DataTransfer';
}

/** Vendors are compared without regard to case (a CiString255Type). */
function isPlugAndCharge(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false;
  const { vendorId } = payload as { vendorId?: unknown };
  return typeof vendorId === 'string' && vendorId.toLowerCase() === PLUG_AND_CHARGE_VENDOR;
}

/** When the gateway answers a message of an accepted station; one table, every action of every version (architecture section 3). */
export function ackClass(protocol: Protocol, action: string, payload: unknown, policy: AckPolicy): AckClass {
  const { ack } = find(protocol, action);
  return ack === 'payload' ? transactionEventClass(payload, policy) : ack;
}

/** An update without a token asks nothing. Started, Ended, and whatever we cannot read, is the service's. */
function transactionEventClass(payload: unknown, policy: AckPolicy): AckClass {
  if (typeof payload !== 'object' || payload === null || policy.answersUpdates) return 'service';
  const { eventType, idToken } = payload as { eventType?: unknown; idToken?: unknown };
  return eventType === 'Updated' && (idToken === undefined || idToken === null) ? 'durable' : 'service';
}

/**
 * Messages that a station keeps and resends until they are answered. An error would make it delete them; no answer does
 * not.
 */
const TRANSACTION_MESSAGES: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent']);

/** Whether a passing fault of ours must be met with silence, never with an error (architecture section 2, promise 3). */
export function isTransactionMessage(action: string): boolean {
  return TRANSACTION_MESSAGES.has(action);
}

/** The actions of the table that a version has; for the spec that compares it with the schemas. */
export function stationActions(protocol: Protocol): string[] {
  return Object.keys(TRAFFIC).filter((action) => TRAFFIC[action]?.versions.includes(protocol));
}
