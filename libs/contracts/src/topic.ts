/** Processes that own or write topics. */
export type ServiceName = 'gateway' | 'transaction' | 'device-config' | 'cdr' | 'router' | 'api' | 'webhooks';

/** The beginning of the names of topics that only our services read and write. Every other topic is public: promised to other teams. */
export const INTERNAL_PREFIX = 'csms.internal.';
/** The beginning of the names of the groups that a process makes for itself to follow topics. Rights are granted by it. */
export const FOLLOWER_GROUP_PREFIX = 'csms-follow-';

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
  /** Services of ours that read it; other teams read the public ones too. */
  readonly readers: readonly ServiceName[];
  readonly settledBy: readonly string[];
  /** Kept for, milliseconds. */
  readonly retentionMs: number;
}
