import { ORIGIN_HEADERS, type BusRecord, type OutgoingRecord } from '@voltbus/bus';
import { DEFAULT_TENANT, TENANT_PATTERN, deterministicId, parseStationKey } from '@voltbus/contracts';

/** A record that its consumer could not handle, with where it came from and why. */
export interface DeadLetter {
  tenant: string;
  id: string;
  key: string;
  topic: string;
  partition: number;
  offset: string;
  /** Consumer group that gave up. */
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

/** What says where it came from is no part of the record; that its value stayed there is kept with it. */
const ORIGIN: ReadonlySet<string> = new Set(Object.values(ORIGIN_HEADERS).filter((name) => name !== ORIGIN_HEADERS.leftBehind));

/** A record of `csms.dlq.v1`, read. The same death is the same letter, however often it comes. */
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

/** The bus refused the value once more: it is still where the record came from, and cannot be replayed from here. */
export function leftBehind({ headers }: DeadLetter): boolean {
  return headers[ORIGIN_HEADERS.leftBehind] !== undefined;
}

/** The record as it was when it came to the consumer that gave up. */
export function revived({ key, value, headers }: DeadLetter): OutgoingRecord {
  return { key, value, headers };
}

function ownHeaders({ headers }: BusRecord): Record<string, Buffer> {
  const own: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !ORIGIN.has(name)) own[name] = value;
  return own;
}

/** Whose it is, as its key says; what has no such key is the default tenant's. */
function tenantOf(key: string): string {
  try {
    const { tenant } = parseStationKey(key);
    return TENANT_PATTERN.test(tenant) ? tenant : DEFAULT_TENANT;
  } catch {
    return DEFAULT_TENANT; // a key that is none is why it died
  }
}

/** Postgres keeps no NUL in a text. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}
