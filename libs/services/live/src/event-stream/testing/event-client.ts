import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

/** An event, or the block at the beginning of a stream, by its fields. */
export interface ReceivedEvent {
  event?: string;
  id?: string;
  data?: string;
}

/** A client of a stream, which reads events as a browser does. */
export class EventClient {
  private text = '';
  private readonly ended: Promise<void>;

  constructor(
    readonly response: IncomingMessage,
    readonly close: () => void,
  ) {
    response.setEncoding('utf8');
    this.ended = new Promise((resolve) => response.once('close', resolve).once('error', () => resolve()));
  }

  /** The next block of the stream that is no comment; null at its end. */
  async next(): Promise<ReceivedEvent | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end < 0) {
        const chunk = await this.read();
        if (chunk === null) return null;
        this.text += chunk;
        continue;
      }
      const lines = this.text.slice(0, end).split('\n');
      this.text = this.text.slice(end + 2);
      const fields = lines
        .filter((line) => !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
      if (fields.length > 0) return Object.fromEntries(fields) as ReceivedEvent; // the fields of an event are text
    }
  }

  async take(count: number): Promise<(ReceivedEvent | null)[]> {
    const received: (ReceivedEvent | null)[] = [];
    while (received.length < count) received.push(await this.next());
    return received;
  }

  private async read(): Promise<string | null> {
    for (;;) {
      const chunk = this.response.read() as string | null; // text, because of its encoding
      if (chunk !== null) return chunk;
      if (this.response.destroyed || this.response.readableEnded) return null;
      await Promise.race([once(this.response, 'readable').catch(() => undefined), this.ended]);
    }
  }
}

/** Opens a stream; without a key for null. */
export async function connect(url: string, key: string | null, query = '', lastEventId?: string): Promise<EventClient> {
  const headers = {
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const opened = request(`${url}/v1/events${query}`, { headers, agent: false });
  opened.end();
  const [response] = (await once(opened, 'response')) as [IncomingMessage]; // the type of node:http's event
  opened.on('error', () => undefined);
  return new EventClient(response, () => opened.destroy());
}
