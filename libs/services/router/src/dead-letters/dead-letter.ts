import { ORIGIN_HEADERS, type BusRecord, type OutgoingRecord } from '@voltbus/bus';
import { DEFAULT_TENANT, TENANT_PATTERN, deterministicId, parseStationKey } from '@voltbus/contracts';

/** A record that its consumer could not handle, with its origin and the cause. */
export interface DeadLetter {
  tenant: string;
  id: string;
  key: string;
  topic: string;
  partition: number;
  offset: string;
  /** The consumer group that gave up. */
  consumer: string;
  handler: string;
  /** `poison`: it can never be handled. `defect`: we failed at it. `quarantine`: not tried, because too many of its station failed before. */
  kind: string;
  error: string;
  attempts: number;
  diedAt: string;
  replayedAt: string | null;
  value: Buffer;
  headers: Readonly<Record<string, Buffer>>;
}

/** Headers about the origin are no part of the record itself, except that its value stayed there. */
const ORIGIN: ReadonlySet<string> = new Set(Object.values(ORIGIN_HEADERS).filter((name) => name !== ORIGIN_HEADERS.leftBehind));

/** Reads a record of `csms.internal.dlq.v1`. The same failure is the same dead letter, however often it is delivered. */
export function readDeadLetter(record: BusRecord): DeadLetter {
  const read = (name: string, missing: string): string => storable(record.headers[name]?.toString('utf8') ?? missing);
  const topic = read(ORIGIN_HEADERS.topic, record.topic);
  const partition = Number(read(ORIGIN_HEADERS.partition, String(record.partition)));
  const offset = read(ORIGIN_HEADERS.offset, String(record.offset));
  const consumer = read(ORIGIN_HEADERS.group, 'unknown');
  const tenant = tenantOf(record.key);
  return {
    tenant,
    id: deterministicId(tenant, 'dead-letter', topic, partition, offset, consumer),
    key: storable(record.key),
    topic,
    partition,
    offset,
    consumer,
    handler: read(ORIGIN_HEADERS.handler, 'unknown'),
    kind: read(ORIGIN_HEADERS.kind, 'unknown'),
    error: read(ORIGIN_HEADERS.error, 'unknown'),
    attempts: Number(read(ORIGIN_HEADERS.attempts, '0')),
    diedAt: read(ORIGIN_HEADERS.time, new Date(record.timestamp).toISOString()),
    replayedAt: null,
    value: record.value,
    headers: ownHeaders(record),
  };
}

/**
 * True when the bus refused the value once more: it is still in the topic of the record, and cannot be replayed from
 * here.
 */
export function leftBehind({ headers }: DeadLetter): boolean {
  return headers[ORIGIN_HEADERS.leftBehind] !== undefined;
}

/** The record as it was when it was delivered to the consumer that gave up. */
export function originalRecord({ key, value, headers }: DeadLetter): OutgoingRecord {
  return { key, value, headers };
}

function ownHeaders({ headers }: BusRecord): Record<string, Buffer> {
  const own: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !ORIGIN.has(name)) own[name] = value;
  return own;
}

/** The tenant of the record's key; a record without such a key is the default tenant's. */
function tenantOf(key: string): string {
  try {
    const { tenant } = parseStationKey(key);
    return TENANT_PATTERN.test(tenant) ? tenant : DEFAULT_TENANT;
  } catch {
    return DEFAULT_TENANT; // the broken key is why the record failed
  }
}

/** Postgres stores no NUL in a text. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}
