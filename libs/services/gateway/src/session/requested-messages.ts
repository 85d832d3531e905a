import { parseFrame } from '@voltbus/ocpp';
import { MAX_REQUESTED_MESSAGES, REQUESTED_MESSAGE_MS } from '../limits';

type Members = Readonly<Record<string, unknown>>;

/** A message that one of our calls requested. */
interface Expected {
  commandId: string;
  actions: readonly string[];
  /** Members that its payload must have with these values, if it has them at all. */
  matching: Members;
  /** `one`: ends with the first message. `parts`: ends with the part that announces no other one. `many`: ends by time alone. */
  until: 'one' | 'parts' | 'many';
  lifeMs: number;
  expiresAt: number;
}

type Expectation = Omit<Expected, 'commandId' | 'expiresAt'>;

/** Calls that are followed by reports with the call's requestId, in parts. */
const REPORTED_BY: Readonly<Record<string, string>> = {
  GetBaseReport: 'NotifyReport',
  GetReport: 'NotifyReport',
  GetMonitoringReport: 'NotifyMonitoringReport',
  CustomerInformation: 'NotifyCustomerInformation',
  GetDisplayMessages: 'NotifyDisplayMessages',
  GetChargingProfiles: 'ReportChargingProfiles',
};
/** Calls whose progress is reported for as long as the work takes. */
const PROGRESS_BY: Readonly<Record<string, string>> = {
  GetLog: 'LogStatusNotification',
  GetDiagnostics: 'DiagnosticsStatusNotification',
  UpdateFirmware: 'FirmwareStatusNotification',
  SignedUpdateFirmware: 'SignedFirmwareStatusNotification',
  PublishFirmware: 'PublishFirmwareStatusNotification',
};
/** The actions that a trigger of another name requests; every other trigger has the name of its action. */
const TRIGGERED_AS: Readonly<Record<string, readonly string[]>> = {
  // 2.1 reports availability by NotifyEvent, where it has no StatusNotification any more (G01)
  StatusNotification: ['StatusNotification', 'NotifyEvent'],
  FirmwareStatusNotification: ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification'],
  SignChargePointCertificate: ['SignCertificate'],
  SignChargingStationCertificate: ['SignCertificate'],
  SignV2GCertificate: ['SignCertificate'],
  SignV2G20Certificate: ['SignCertificate'],
  SignCombinedCertificate: ['SignCertificate'],
  CustomTrigger: ['DataTransfer', 'NotifyEvent'],
};
/** Messages that come once for each connector or EVSE when the trigger names none. */
const SENT_PER_CONNECTOR: ReadonlySet<string> = new Set(['StatusNotification', 'MeterValues', 'TransactionEvent']);
const STATUSES_OF_CONSENT: ReadonlySet<unknown> = new Set([undefined, 'Accepted', 'AcceptedCanceled', 'Scheduled']);

/**
 * The messages that a station may send before it is accepted, because a trigger or a call that is followed by reports requested them (B02.FR.01, 05, 06;
 * 1.6 section 4.2). Only the gateway knows, because the calls leave here. Their number and their time are bounded, and a new connection begins with none.
 * `now` is of a monotonic clock, in milliseconds.
 */
export class RequestedMessages {
  private expected: Expected[] = [];

  /** A call was written to the socket. Its messages may come before its answer. */
  onCallSent(commandId: string, action: string, payload: unknown, now: number): void {
    const expectation = expectationOf(action, isMembers(payload) ? payload : {});
    if (expectation === null) return;
    this.expected = this.expected.filter(({ expiresAt }) => expiresAt > now);
    this.expected.push({ ...expectation, commandId, expiresAt: now + expectation.lifeMs });
    if (this.expected.length > MAX_REQUESTED_MESSAGES) this.expected.shift();
  }

  onCallRefused(commandId: string): void {
    this.expected = this.expected.filter((one) => one.commandId !== commandId);
  }

  onCallAnswered(commandId: string, response: unknown): void {
    if (!STATUSES_OF_CONSENT.has(isMembers(response) ? response['status'] : undefined)) this.onCallRefused(commandId);
  }

  /** Whether the call in the frame was requested. */
  takeFrame(frame: Buffer, now: number): boolean {
    const parsed = parseFrame(frame);
    return parsed.type === 'call' && this.takeMessage(parsed.action, parsed.payload, now);
  }

  /** Whether the message was requested. A request for one message, or for the last part of a report, is used up by it. */
  takeMessage(action: string, payload: unknown, now: number): boolean {
    const members = isMembers(payload) ? payload : {};
    const found = this.expected.find((one) => one.expiresAt > now && one.actions.includes(action) && matches(one.matching, members));
    if (found === undefined) return false;
    const over = found.until === 'one' || (found.until === 'parts' && members['tbc'] !== true);
    if (over) this.expected = this.expected.filter((one) => one !== found);
    else found.expiresAt = now + found.lifeMs;
    return true;
  }
}

function expectationOf(action: string, payload: Members): Expectation | null {
  if (action === 'TriggerMessage' || action === 'ExtendedTriggerMessage') return triggered(payload);
  const report = REPORTED_BY[action];
  const matching = 'requestId' in payload ? { requestId: payload['requestId'] } : {};
  if (report !== undefined) return { actions: [report], matching, until: 'parts', lifeMs: REQUESTED_MESSAGE_MS.report };
  const progress = PROGRESS_BY[action];
  return progress === undefined ? null : { actions: [progress], matching, until: 'many', lifeMs: REQUESTED_MESSAGE_MS.progress };
}

function triggered({ requestedMessage, connectorId, evse }: Members): Expectation | null {
  if (typeof requestedMessage !== 'string') return null;
  const of2 = isMembers(evse)
    ? { evseId: evse['id'], ...(evse['connectorId'] === undefined ? {} : { connectorId: evse['connectorId'] }) }
    : {};
  const matching = connectorId === undefined ? of2 : { connectorId };
  const each = SENT_PER_CONNECTOR.has(requestedMessage) && Object.keys(matching).length === 0;
  return {
    actions: TRIGGERED_AS[requestedMessage] ?? [requestedMessage],
    matching,
    until: each ? 'many' : 'one',
    lifeMs: REQUESTED_MESSAGE_MS.trigger,
  };
}

function matches(wanted: Members, payload: Members): boolean {
  return Object.entries(wanted).every(([name, value]) => payload[name] === undefined || payload[name] === value);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
