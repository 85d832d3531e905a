import { PROTOCOLS, type CallResult, type Command, type StationRef } from '@voltbus/contracts';
import { findAction } from '@voltbus/ocpp';
import { isTransientDatabaseError } from '@voltbus/database';
import { defineBlock } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { CommandState } from './commands/domain/command';

interface StoredDeadLetter {
  id: string;
  tenant: string;
  topic: string;
  consumer: string;
  handler: string;
  kind: string;
  error: string;
}

/** Writes log and metrics together, one function per thing that happened. Payloads are never logged. */
export class RouterTelemetry {
  private readonly states;
  private readonly delivery;
  private readonly anomalies;
  private readonly transfers;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.states = metrics.counter('command_state_total', 'States that commands have reached', ['action', 'state']);
    this.delivery = metrics.histogram('command_delivery_seconds', "From a command's acceptance to the station's socket", [
      'action',
      'kept',
    ]);
    this.transfers = metrics.counter('data_transfer_total', "Stations' DataTransfer messages by result", ['vendor', 'outcome']);
    this.anomalies = metrics.counter('command_anomalies_total', 'Unusual events in the delivery of commands', ['kind']);
  }

  accepted(command: Command, requestedBy: string): void {
    this.reached(command, 'queued', { requestedBy });
  }

  /** A station, or a tenant, has as many commands as it may have. */
  tooMany(ref: StationRef): void {
    this.anomaly('too-many', { ...ref });
  }

  /** `kept`: the command may have waited for its station, so that its delivery says nothing of how fast we are. */
  sent({ command, keepUntil }: Pick<CommandState, 'command' | 'keepUntil'>, sentAt: string): void {
    const seconds = Math.max(0, (Date.parse(sentAt) - Date.parse(command.createdAt)) / 1_000);
    this.delivery.observe(seconds, { action: labelOf(command.action), kept: keepUntil === null ? 'no' : 'yes' });
    this.reached(command, 'sent');
  }

  ended(command: Command): void {
    this.reached(command, command.status, { error: command.error?.code });
  }

  /** The gateway had no such connection: the command is queued again, once. */
  sentAgain(command: Command, outcome: string): void {
    this.anomaly('again', { ...idsOf(command), outcome });
  }

  /** A result after the end, a repeated one, or one about another connection: it changed nothing. */
  resultIgnored({ commandId, tenant, station, action, outcome }: CallResult): void {
    this.anomaly('result-ignored', { tenant, station, command: commandId, action, outcome: outcome.kind });
  }

  registryAway(commands: number, err: unknown): void {
    this.anomaly('registry-away', { commands, err });
  }

  notPublished(command: Command, err: unknown): void {
    this.anomaly('not-published', { ...idsOf(command), err });
  }

  /** The dispatcher finds the command by its next poll. */
  wakeLost(command: Command, err: unknown): void {
    this.anomaly('wake-lost', { ...idsOf(command), err });
  }

  /** `vendor` is a known one or `unknown`: a label must not have any value that stations send. */
  dataTransfer(vendor: string, outcome: string): void {
    this.transfers.add(1, { vendor, outcome });
  }

  vendorFailed(vendor: string, { tenant, station }: StationRef, outcome: string, err: unknown): void {
    this.dataTransfer(vendor, outcome);
    this.logger.warn(
      { tenant, station, vendor, outcome, err },
      'DataTransfer: the vendor gave no answer, so the station was answered Rejected',
    );
  }

  deadLetterStored({ id, tenant, topic, consumer, handler, kind, error }: StoredDeadLetter): void {
    this.anomalies.add(1, { kind: 'dead-letter' });
    this.logger.error({ id, tenant, topic, consumer, handler, kind, error }, 'a record could not be handled: stored as a dead letter');
  }

  workFailed(work: string, err: unknown): void {
    this.logger[isTransientDatabaseError(err) ? 'warn' : 'error']({ err, work }, 'will be tried again');
  }

  private anomaly(kind: string, details: object): void {
    this.anomalies.add(1, { kind });
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

/** A request may name any action; a label must not have any value. */
function labelOf(action: string): string {
  return PROTOCOLS.some((protocol) => findAction(protocol, action) !== undefined) ? action : 'other';
}

/** What all blocks report to. */
export const telemetry = defineBlock({
  name: 'telemetry',
  build: ({ logger, metrics }) => new RouterTelemetry(logger, metrics),
});
