import { expectSoon } from '../waiting';

/** An event of `GET /v1/events`. */
export interface StreamedEvent {
  event: string;
  id: string;
  data: Record<string, unknown>;
}

/** A client of `GET /v1/events` by fetch, as an operator's page is. */
export class EventStreamClient {
  readonly events: StreamedEvent[] = [];
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly response: Response,
    private readonly abort: AbortController,
  ) {
    this.ended = this.read();
  }

  static async connect(
    apiUrl: string,
    key: string,
    { query = '', lastEventId }: { query?: string; lastEventId?: string } = {},
  ): Promise<EventStreamClient> {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${key}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const response = await fetch(`${apiUrl}/v1/events${query}`, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`GET /v1/events: ${response.status} ${await response.text()}`);
    return new EventStreamClient(response, abort);
  }

  /** Resolves with the first event that satisfies, of those received and those to come; throws what came instead. */
  async first(satisfies: (event: StreamedEvent) => boolean): Promise<StreamedEvent> {
    let found: StreamedEvent | undefined;
    await expectSoon(() => {
      found = this.events.find(satisfies);
      if (found === undefined) throw new Error(`no event satisfies ${satisfies.toString()}; received: ${JSON.stringify(this.events)}`);
    });
    return found as StreamedEvent; // else it has thrown
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true }); // a body is bytes
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch {
      return; // it was closed from here, or cut
    }
  }

  private take(block: string): void {
    const field = (name: string): string | undefined =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const [event, id, data] = [field('event'), field('id'), field('data')];
    if (event === undefined || id === undefined || data === undefined) return; // a comment, or where it begins
    this.events.push({ event, id, data: JSON.parse(data) as Record<string, unknown> }); // the API says objects
  }
}
