import { MAX_REQUESTED_MESSAGES, REQUESTED_MESSAGE_MS } from '../limits';

type Members = Readonly<Record<string, unknown>>;

/** A message of the station that one of our calls allows. */
interface Expected {
  commandId: string;
  actions: readonly string[];
  /** Members that its payload must have with these values, where it has them at all. */
  matching: Members;
  /** `one`: it is used up by the first. `parts`: by the part that says none follows. `many`: by time alone. */
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
/** Calls whose work is reported on for as long as it takes. */
const PROGRESS_BY: Readonly<Record<string, string>> = {
  GetLog: 'LogStatusNotification',
  GetDiagnostics: 'DiagnosticsStatusNotification',
  UpdateFirmware: 'FirmwareStatusNotification',
  SignedUpdateFirmware: 'SignedFirmwareStatusNotification',
  PublishFirmware: 'PublishFirmwareStatusNotification',
};
/** What a trigger names is the action itself, but for these. */
const TRIGGERED_AS: Readonly<Record<string, readonly string[]>> = {
  // 2.1 tells availability by NotifyEvent, where it has no StatusNotification any more (G01)
  StatusNotification: ['StatusNotification', 'NotifyEvent'],
  FirmwareStatusNotification: ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification'],
  SignChargePointCertificate: ['SignCertificate'],
  SignChargingStationCertificate: ['SignCertificate'],
  SignV2GCertificate: ['SignCertificate'],
  SignV2G20Certificate: ['SignCertificate'],
  SignCombinedCertificate: ['SignCertificate'],
  CustomTrigger: ['DataTransfer', 'NotifyEvent'],
};
/** Told once for each connector or EVSE, when none is named. */
const OF_EACH_CONNECTOR: ReadonlySet<string> = new Set(['StatusNotification', 'MeterValues', 'TransactionEvent']);
const TAKEN: ReadonlySet<unknown> = new Set([undefined, 'Accepted', 'AcceptedCanceled', 'Scheduled']);

/**
 * What a station that is not accepted may send because it was asked for: by TriggerMessage, or as the report of one of our calls (B02.FR.01, 05, 06;
 * 1.6 section 4.2). Known here and nowhere else, for our calls leave here. Bounded, and each forgotten after a time; a new connection knows of none.
 * `now`: milliseconds that never go back.
 */
export class RequestedMessages {
  private expected: Expected[] = [];

  /** A call was written to the socket: its messages may come before its answer. */
  onCallSent(commandId: string, action: string, payload: unknown, now: number): void {
    const expectation = expectationOf(action, isMembers(payload) ? payload : {});
    if (expectation === null) return;
    this.expected = this.expected.filter(({ expiresAt }) => expiresAt > now);
    this.expected.push({ ...expectation, commandId, expiresAt: now + expectation.lifeMs });
    if (this.expected.length > MAX_REQUESTED_MESSAGES) this.expected.shift();
  }

  /** The station will not do it. */
  onCallRefused(commandId: string): void {
    this.expected = this.expected.filter((one) => one.commandId !== commandId);
  }

  /** The station's answer to the call. */
  onCallAnswered(commandId: string, response: unknown): void {
    if (!TAKEN.has(isMembers(response) ? response['status'] : undefined)) this.onCallRefused(commandId);
  }

  /** Whether the message was asked for; it may be used up by that. */
  takeRequested(action: string, payload: unknown, now: number): boolean {
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
  const each = OF_EACH_CONNECTOR.has(requestedMessage) && Object.keys(matching).length === 0;
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
