/** Processes that own or write topics. */
export type ServiceName = 'gateway' | 'transaction' | 'device-config' | 'cdr' | 'router' | 'api' | 'other';

/**
 * A topic as everybody sees it. Declared once, here; nobody else writes its name.
 * `settledBy`: consumer groups whose commit makes a publish on the in-process bus durable (on Kafka: acks=all does).
 */
export interface Topic {
  readonly name: string;
  /** Frozen at creation: the hash of the key must not move stations. */
  readonly partitions: number;
  readonly owner: ServiceName;
  readonly writers: readonly ServiceName[];
  readonly settledBy: readonly string[];
  /** Kept for, milliseconds. */
  readonly retentionMs: number;
}
