import { PROTOCOLS, type CallResult, type Command, type StationRef } from '@voltbus/contracts';
import { findAction } from '@voltbus/ocpp';
import { isTransientDatabaseError } from '@voltbus/database';
import type { DeadLetter } from './dead-letter';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** What happens here, said to log and metrics at once. Payloads are never logged. */
export class RouterTelemetry {
  private readonly states;
  private readonly delivery;
  private readonly odd;
  private readonly transfers;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.states = metrics.counter('command_state_total', 'States that commands have reached', ['action', 'state']);
    this.delivery = metrics.histogram('command_delivery_seconds', "From a command's acceptance to the station's socket", ['action']);
    this.transfers = metrics.counter('data_transfer_total', "Stations' DataTransfer messages, and what came of them", [
      'vendor',
      'outcome',
    ]);
    this.odd = metrics.counter('command_oddities_total', 'Odd things on the way of commands', ['kind']);
  }

  accepted(command: Command, requestedBy: string): void {
    this.reached(command, 'queued', { requestedBy });
  }

  /** More are wanted than a station, or a tenant, may have. */
  tooMany(ref: StationRef): void {
    this.oddity('too-many', { ...ref });
  }

  sent(command: Command, sentAt: string): void {
    const seconds = Math.max(0, (Date.parse(sentAt) - Date.parse(command.createdAt)) / 1_000);
    this.delivery.observe(seconds, { action: labelOf(command.action) });
    this.reached(command, 'sent');
  }

  ended(command: Command): void {
    this.reached(command, command.status, { error: command.error?.code });
  }

  /** The gateway had no such connection: the registry is read again. */
  sentAgain(command: Command, outcome: string): void {
    this.oddity('again', { ...idsOf(command), outcome });
  }

  /** After the end, twice, or about another connection: it changed nothing. */
  settlementIgnored({ commandId, tenant, station, action, outcome }: CallResult): void {
    this.oddity('settlement-ignored', { tenant, station, command: commandId, action, outcome: outcome.kind });
  }

  registryAway(commands: number, err: unknown): void {
    this.oddity('registry-away', { commands, err });
  }

  notPublished(command: Command, err: unknown): void {
    this.oddity('not-published', { ...idsOf(command), err });
  }

  /** The router looks by itself every second. */
  hintLost(command: Command, err: unknown): void {
    this.oddity('hint-lost', { ...idsOf(command), err });
  }

  /** `vendor`: one of ours, else `unknown`; a station may say anything. */
  dataTransfer(vendor: string, outcome: string): void {
    this.transfers.add(1, { vendor, outcome });
  }

  vendorFailed(vendor: string, { tenant, station }: StationRef, outcome: string, err: unknown): void {
    this.dataTransfer(vendor, outcome);
    this.logger.warn({ tenant, station, vendor, outcome, err }, 'DataTransfer: the vendor gave no answer, the station was told Rejected');
  }

  deadLetterKept({ id, tenant, topic, consumer, handler, kind, error }: DeadLetter): void {
    this.odd.add(1, { kind: 'dead-letter' });
    this.logger.error({ id, tenant, topic, consumer, handler, kind, error }, 'a record could not be handled: kept as a dead letter');
  }

  workFailed(work: string, err: unknown): void {
    this.logger[isTransientDatabaseError(err) ? 'warn' : 'error']({ err, work }, 'will be tried again');
  }

  private oddity(kind: string, details: object): void {
    this.odd.add(1, { kind });
    this.logger.warn(details, `command: ${kind}`);
  }

  private reached(command: Command, state: string, details: object = {}): void {
    this.states.add(1, { action: labelOf(command.action), state });
    this.logger.info({ ...idsOf(command), state, ...details }, 'command');
  }
}

function idsOf({ id, tenant, station, action }: Command): object {
  return { command: id, tenant, station, action };
}

/** A wish may name anything; a label may not. */
function labelOf(action: string): string {
  return PROTOCOLS.some((protocol) => findAction(protocol, action) !== undefined) ? action : 'other';
}
