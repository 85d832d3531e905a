import type { BusRecord } from '@voltbus/bus';
import { META_HEADER, parseStationKey, unpackDownlink, type CallOutcome, type CallResult } from '@voltbus/contracts';

/** A call that a gateway was given. */
interface Given {
  commandId: string;
  epoch: number;
  deadline: number;
}

interface Connection {
  epoch: number;
  queued: Given[];
  open: Given | null;
}

/**
 * A gateway process that keeps to the contract of the downlink and does no more: it sends a command id once, in its turn, on the connection that the call
 * names, and publishes what came of it. Everything happens when it is told to. Of its own inst, as each process has.
 */
export class ModelGateway {
  /** Results on the bus that nobody has read yet. */
  readonly published: CallResult[] = [];
  private unpublished: CallResult[] = [];
  private readonly seen = new Set<string>();
  private readonly connections = new Map<string, Connection>();

  constructor(
    readonly inst: string,
    private readonly now: () => number,
    /** Called with the id of each command that is written to a socket. */
    private readonly onFrame: (commandId: string) => void,
  ) {}

  /** Ids of the commands that it has sent, will send, or has not reported as not sent. */
  get inHand(): string[] {
    return [...this.seen, ...this.unpublished.map(({ commandId }) => commandId)];
  }

  connect(station: string, epoch: number): void {
    this.disconnect(station);
    this.connections.set(station, { epoch, queued: [], open: null });
  }

  onRecord(record: BusRecord): void {
    const meta = unpackDownlink(record.headers[META_HEADER]);
    if (meta.kind !== 'call' || this.seen.has(meta.commandId)) return;
    const { station } = parseStationKey(record.key);
    const connection = this.connections.get(station);
    if (connection?.epoch !== meta.epoch) {
      const kind = meta.deadline <= this.now() ? 'expired' : connection === undefined ? 'not-connected' : 'stale-epoch';
      return this.report(station, meta, { kind }, null);
    }
    this.seen.add(meta.commandId);
    connection.queued.push(meta);
  }

  /** The next command of the station is written to its socket, or expires. */
  writeNext(station: string): void {
    const connection = this.connections.get(station);
    const next = connection === undefined || connection.open !== null ? undefined : connection.queued.shift();
    if (connection === undefined || next === undefined) return;
    if (next.deadline <= this.now()) return this.report(station, next, { kind: 'expired' }, null);
    connection.open = next;
    this.onFrame(next.commandId);
    this.report(station, next, { kind: 'sent' }, this.now());
  }

  /** The station answers, or its time is over. */
  endCall(station: string, outcome: 'answered' | 'unknown'): void {
    const connection = this.connections.get(station);
    if (connection?.open === undefined || connection.open === null) return;
    const answer: CallOutcome = outcome === 'answered' ? { kind: outcome, response: { status: 'Accepted' } } : { kind: outcome };
    this.report(station, connection.open, answer, this.now());
    connection.open = null;
  }

  /** A command that was sent may have been carried out; one that waited was not. */
  disconnect(station: string): void {
    this.endCall(station, 'unknown');
    for (const waiting of this.connections.get(station)?.queued ?? []) {
      this.seen.delete(waiting.commandId);
      this.report(station, waiting, { kind: 'not-connected' }, null);
    }
    this.connections.delete(station);
  }

  /** The bus takes the results that wait, in order. */
  publishResults(): void {
    this.published.push(...this.unpublished);
    this.unpublished = [];
  }

  private report(station: string, { commandId, epoch }: Given, outcome: CallOutcome, sentAt: number | null): void {
    const call = { commandId, tenant: 'default', station, protocol: 'ocpp1.6', action: 'Reset', request: {} };
    this.unpublished.push({ ...call, outcome, inst: this.inst, epoch, sentAt, at: this.now() });
  }
}
