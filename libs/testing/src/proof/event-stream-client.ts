import { VoltbusClient, type ApiEvent, type EventOptions } from '@voltbus/api-client';
import { expectSoon } from '../waiting';

type StreamEnd = (error: unknown) => void;
/** The data of each type of event. */
type DataOf = { [Event in ApiEvent as Event['event']]: Event['data'] };

/** Keeps what a program receives that follows `GET /v1/events` by our client. */
export class EventStreamClient {
  readonly events: ApiEvent[] = [];
  private readonly abort = new AbortController();
  private end: StreamEnd = () => undefined;
  /** Resolves with the error that ended it. */
  readonly ended = new Promise<unknown>((resolve) => (this.end = resolve));

  /** Resolves when the stream is open; rejects where it is refused. */
  static async connect(apiUrl: string, key: string, options: Pick<EventOptions, 'types' | 'lastEventId'> = {}): Promise<EventStreamClient> {
    const stream = new EventStreamClient();
    await new Promise<void>((resolve, reject) => {
      const client = new VoltbusClient({ baseUrl: apiUrl, key });
      stream.read(client.events({ ...options, signal: stream.abort.signal, onOpen: resolve })).catch((error: unknown) => {
        stream.end(error);
        reject(error as Error); // the client throws errors
      });
    });
    return stream;
  }

  /** Resolves with the first event that satisfies, of those received and those to come; throws what came instead. */
  async first<Event extends ApiEvent['event']>(
    type: Event,
    satisfies: (data: DataOf[Event]) => boolean = () => true,
  ): Promise<ApiEvent & { data: DataOf[Event] }> {
    type Wanted = ApiEvent & { data: DataOf[Event] };
    let found: Wanted | undefined;
    await expectSoon(() => {
      found = this.events.filter((one): one is Wanted => one.event === type).find(({ data }) => satisfies(data));
      if (found === undefined) throw new Error(`no ${type} satisfies ${satisfies.toString()}; received: ${JSON.stringify(this.events)}`);
    });
    return found as Wanted; // else it has thrown
  }

  close(): void {
    this.abort.abort();
  }

  private async read(events: AsyncIterable<ApiEvent>): Promise<void> {
    for await (const event of events) this.events.push(event);
  }
}
