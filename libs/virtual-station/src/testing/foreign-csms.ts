import { RPCServer } from 'ocpp-rpc';
import type { Protocol } from '@voltbus/contracts';
import { BY_THE_BOOK, type Personality } from '../personality/personality';
import { seededRandom } from '../random';
import { VirtualStation } from '../virtual-station';
import { dialWebSocket } from '../connection/ws-socket';

/** More time than a station ever needs to deliver its messages. */
export const LONG_MS = 50_000;
const LOOK_MS = 20;
export const IDENTITY = 'VS-1';

type Payload = Record<string, unknown>;

/**
 * A CSMS of another project that accepts everything and records it. It is strict by the OCA's schemas, except for 2.1, where it looks for its own
 * schemas under the wrong name.
 */
export class ForeignCsms {
  readonly received: { action: string; payload: Payload }[] = [];
  readonly violations: string[] = [];
  /** Answers to the next StartTransactions, instead of an accepted one. */
  readonly startAnswers: Payload[] = [];
  /** Answers to the next DataTransfers. */
  readonly contractAnswers: Payload[] = [];
  /** By which the station proved who it is, a connection each; without those that had none. */
  readonly passwords: string[] = [];
  private readonly server = new RPCServer({
    protocols: ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'],
    strictMode: ['ocpp1.6', 'ocpp2.0.1'],
    callTimeoutMs: LONG_MS,
  } as ConstructorParameters<typeof RPCServer>[0]);
  private readonly clients = new Map<string, { call(action: string, payload: object): Promise<Payload> }>();
  private port = 0;
  private station: VirtualStation | null = null;

  static async start(): Promise<ForeignCsms> {
    const csms = new ForeignCsms();
    csms.server.on('client', (client) => {
      csms.clients.set(client.identity, client);
      const password = client.handshake.password?.toString();
      if (password !== undefined) csms.passwords.push(password);
      client.on('strictValidationFailure', ({ error }: { error: Error }) => csms.violations.push(error.message));
      client.handle(({ method = '', params }: { method?: string; params?: Payload }) => {
        csms.received.push({ action: method, payload: params ?? {} });
        return csms.answer(method, client.protocol === 'ocpp1.6');
      });
    });
    const http = await csms.server.listen(0);
    csms.port = (http.address() as { port: number }).port; // a listening TCP server has one
    return csms;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Stops the station, too. */
  async stop(): Promise<void> {
    await this.station?.stop(0);
    await this.server.close({ force: true, code: 1001, reason: '' });
  }

  startStation(protocol: Protocol, habits: Partial<Personality> = {}): VirtualStation {
    const station = new VirtualStation({
      target: { url: this.url, identity: IDENTITY, protocol },
      random: seededRandom(7),
      dial: dialWebSocket,
      personality: { ...BY_THE_BOOK, ...habits },
    });
    station.start();
    this.station = station;
    return station;
  }

  /** A station that is stopped with the CSMS. */
  adopt(station: VirtualStation): VirtualStation {
    this.station = station;
    station.start();
    return station;
  }

  /** Calls the station. */
  call(action: string, payload: object): Promise<Payload> {
    const client = this.clients.get(IDENTITY);
    if (client === undefined) throw new Error('the station is not connected');
    return client.call(action, payload);
  }

  /** The actions received so far, or those of them that are listed. */
  actions(...listed: string[]): string[] {
    return this.received.map(({ action }) => action).filter((action) => listed.length === 0 || listed.includes(action));
  }

  payloadOf(action: string): Payload | undefined {
    return this.received.find((message) => message.action === action)?.payload;
  }

  private answer(action: string, is16: boolean): Payload {
    if (action === 'BootNotification') return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
    if (action === 'Authorize') return is16 ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } };
    if (action === 'DataTransfer') return this.contractAnswers.shift() ?? { status: 'UnknownVendorId' };
    if (action === 'StartTransaction') return this.startAnswers.shift() ?? { transactionId: 4711, idTagInfo: { status: 'Accepted' } };
    return {};
  }
}

/** Resolves when the condition holds; the test's own timeout ends the wait. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
