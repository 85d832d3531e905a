import type { OcppError } from '@voltbus/ocpp';
import type { StationMessage } from './answers';
import { LogBudget } from './log-budget';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Log and metrics of a service's lane. Payloads are never logged. */
export class LaneTelemetry {
  private readonly invalidMessages;
  private readonly leniencies;
  private readonly answers;
  private readonly skipped;
  private readonly dropped;
  private readonly durations;
  private readonly invalidLogs = new LogBudget();

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.invalidMessages = metrics.counter('ocpp_validation_failures_total', 'Messages of stations that even the tolerant check refused', [
      'protocol',
      'action',
    ]);
    this.leniencies = metrics.counter('ocpp_leniency_applied_total', 'Deviations from the schema that were tolerated', [
      'protocol',
      'action',
      'kind',
    ]);
    this.answers = metrics.counter('lane_answers_total', 'Answers given to stations by services', ['protocol', 'action', 'result']);
    this.skipped = metrics.counter(
      'lane_questions_skipped_total',
      'Questions that were not decided because their station had stopped waiting',
      ['protocol', 'action'],
    );
    this.dropped = metrics.counter('lane_invalid_dropped_total', 'Invalid messages dropped because their station had stopped waiting', [
      'protocol',
      'action',
    ]);
    this.durations = metrics.histogram('lane_answer_seconds', "From the gateway's receipt of a message to its answer", ['action']);
  }

  invalid(message: StationMessage, error: OcppError): void {
    this.invalidMessages.add(1, { protocol: message.protocol, action: message.action });
    const suppressed = this.invalidLogs.admit(performance.now());
    if (suppressed === null) return;
    this.logger.warn({ ...traitsOf(message), error: error.description, suppressed }, 'a message that does not fit its schema');
  }

  /** Counts an invalid message, already logged, whose station gets no error. */
  invalidDropped({ protocol, action }: StationMessage): void {
    this.dropped.add(1, { protocol, action });
  }

  lenient({ protocol, action, leniency }: StationMessage): void {
    for (const one of leniency) this.leniencies.add(1, { protocol, action, kind: one.split(' ', 1)[0] ?? one });
  }

  answered(message: StationMessage, result: 'ok' | 'error'): void {
    this.answers.add(1, { protocol: message.protocol, action: message.action, result });
    this.durations.observe((Date.now() - message.receivedAt.getTime()) / 1_000, { action: message.action });
  }

  refused(message: StationMessage, error: OcppError): void {
    this.logger.info({ ...traitsOf(message), code: error.code, awaited: message.awaited }, 'a message was refused');
  }

  questionSkipped({ protocol, action }: StationMessage): void {
    this.skipped.add(1, { protocol, action });
  }
}

function traitsOf({ ref, action, messageId, returnTo }: StationMessage) {
  return { tenant: ref.tenant, station: ref.station, action, messageId, epoch: returnTo.epoch };
}
