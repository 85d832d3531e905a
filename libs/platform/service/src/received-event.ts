import { PoisonError, type BusRecord } from '@voltbus/bus';
import { fromCloudEventHeaders, parseStationKey, type CloudEvent, type EventType, type StationRef } from '@voltbus/contracts';

/** An event as a subscriber sees it: its value was checked against the schema of its type. */
export class ReceivedEvent<T> {
  private attributes: CloudEvent | undefined;

  constructor(
    readonly data: T,
    readonly record: BusRecord,
  ) {}

  /** The CloudEvents attributes. Throws `PoisonError` on a record of a topic that carries none. */
  get cloudEvent(): CloudEvent {
    return (this.attributes ??= attributesOf(this.record));
  }

  get type(): string {
    return this.cloudEvent.type;
  }

  get tenant(): string {
    return this.cloudEvent.tenant;
  }

  /** The time of the event by its publisher (CloudEvents `time`). */
  get time(): Date {
    return new Date(this.cloudEvent.time);
  }

  /** The station of the record's key. */
  get ref(): StationRef {
    return parseStationKey(this.record.key);
  }
}

function attributesOf({ headers, topic }: BusRecord): CloudEvent {
  try {
    return fromCloudEventHeaders(headers);
  } catch (error) {
    throw new PoisonError(`a record of ${topic} without CloudEvents attributes`, { cause: error });
  }
}

/** Reads the record of an event type. Throws `PoisonError` where its value is not of that type: such a record can never be handled. */
export function receiveEvent<T>({ schema, type, topic }: EventType<T>, record: BusRecord): ReceivedEvent<T> {
  const { data, error } = schema.safeParse(parsed(record));
  if (error) throw new PoisonError(`not a ${type ?? topic.name}: ${error.message}`, { cause: error });
  return new ReceivedEvent(data, record);
}

function parsed({ value, topic }: BusRecord): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch (error) {
    throw new PoisonError(`a record of ${topic} that is not JSON`, { cause: error });
  }
}
