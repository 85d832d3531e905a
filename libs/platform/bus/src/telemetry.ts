import type { Logger, Metrics } from '@voltbus/telemetry';
import { type BusRecord, type DeadLetterCause } from './port';

type Labels = Readonly<Record<string, string>>;

/** How far a consumer is behind in a topic. */
export interface Lag {
  topic: string;
  group: string;
  records: number;
  /** When the oldest record in its hands was published, Unix ms; null: nothing is in hand. */
  since: number | null;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Log and metrics of a bus: one method per thing that happens writes both. */
export class BusTelemetry {
  private readonly produced;
  private readonly produceErrors;
  private readonly handled;
  private readonly deadLetters;
  private readonly quarantines;
  private readonly stops;
  private readonly rebalances;
  private readonly lags = new Set<() => Lag[]>();

  constructor(
    readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.produced = metrics.histogram(
      'kafka_produce_duration_seconds',
      'From publish to acknowledgement, of the oldest record of a send',
      ['topic'],
      SECONDS,
    );
    this.produceErrors = metrics.counter('kafka_produce_errors_total', 'Records that the bus did not take in time, or refused', ['topic']);
    this.handled = metrics.histogram('kafka_handler_duration_seconds', 'One call of a handler', ['topic', 'group'], SECONDS);
    this.deadLetters = metrics.counter('kafka_dlq_total', 'Records that could not be handled and went to the dead letters', [
      'topic',
      'group',
      'kind',
    ]);
    this.quarantines = metrics.counter('kafka_quarantines_total', 'Keys whose records go to the dead letters untried for a while', [
      'topic',
      'group',
    ]);
    this.stops = metrics.counter('kafka_consumer_stops_total', 'Stops of a group because a handler failed at most stations', [
      'group',
      'handler',
    ]);
    this.rebalances = metrics.counter('kafka_rebalances_total', 'Joins of a consumer group, the first one included', ['group']);
    metrics.gauge('kafka_consumer_lag_records', 'Records not yet handled, as last seen', ['topic', 'group'], () =>
      this.readLags(({ records }) => records),
    );
    metrics.gauge('kafka_consumer_lag_seconds', 'Age of the oldest record in hand; 0 when there is none', ['topic', 'group'], () =>
      this.readLags(({ since }) => (since === null ? 0 : Math.max(0, Date.now() - since) / 1_000)),
    );
  }

  acknowledged(topic: string, seconds: number): void {
    this.produced.observe(seconds, { topic });
  }

  notProduced(topic: string, records: number): void {
    this.produceErrors.add(records, { topic });
  }

  handlerRan(topic: string, group: string, seconds: number): void {
    this.handled.observe(seconds, { topic, group });
  }

  deadLettered({ topic, partition, offset, key }: BusRecord, { group, handler, kind, attempts, error }: DeadLetterCause): void {
    this.deadLetters.add(1, { topic, group, kind });
    const fields = { topic, partition, offset: String(offset), key, group, handler, kind, attempts, err: error };
    if (kind === 'quarantine') this.logger.debug(fields, 'record of a station in quarantine: dead-lettered untried');
    else this.logger.error(fields, 'record could not be handled: dead-lettered');
  }

  quarantined({ topic, key }: BusRecord, { group, handler, error }: DeadLetterCause, lengthMs: number): void {
    this.quarantines.add(1, { topic, group });
    this.logger.error({ topic, key, group, handler, lengthMs, err: error }, 'too many records of a station failed: it is in quarantine');
  }

  consumingStopped(group: string, handler: string, lengthMs: number, err: Error): void {
    this.stops.add(1, { group, handler });
    this.logger.fatal({ group, handler, lengthMs, err }, 'a handler fails at most stations: consuming stops and is tried again');
  }

  joined(group: string, partitions: number): void {
    this.rebalances.add(1, { group });
    this.logger.info({ group, partitions }, 'joined the consumer group');
  }

  private readLags(value: (lag: Lag) => number): { value: number; labels: Labels }[] {
    return [...this.lags].flatMap((read) => read()).map((lag) => ({ value: value(lag), labels: { topic: lag.topic, group: lag.group } }));
  }

  /** Adds the reader of a subscription's lag to the metrics; the returned function removes it. */
  watchLag(read: () => Lag[]): () => void {
    this.lags.add(read);
    return () => this.lags.delete(read);
  }
}

/** The earliest of some instants, where there is one. */
export function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
