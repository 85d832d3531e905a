import type { Bus, BusRecord, Subscription } from '@voltbus/bus';
import { CsmsError } from '@voltbus/contracts';
import type { Caller, StationGroups, StationsShown } from '@voltbus/http';
import type { LiveTelemetry } from '../telemetry';
import { ChangedStations } from './changed-stations';
import { EventBuffers } from './event-buffers';
import { EventStream, type StreamEnd } from './event-stream';
import { CHECK_EVERY_MS, COMMENT_EVERY_MS, EVENT_STREAM_LIMITS, type EventStreamLimits } from './limits';
import type { EventType } from './resource-event';
import { StreamReach } from './stream-reach';
import { SOURCES, type ReadChange } from './sources';

export const EVENT_STREAMS = Symbol('event-streams');

interface EventStreamsOptions {
  bus: Bus;
  stations: StationsShown;
  /** Null where nobody knows them: callers that are limited to station groups are then sent nothing. */
  groups?: StationGroups | null;
  telemetry: LiveTelemetry;
  limits?: Partial<EventStreamLimits>;
}

interface OpenStream {
  caller: Caller;
  stream: EventStream;
  reach: StreamReach | null;
}

/** The open event streams of this process. Each process follows the topics by itself, so that each sees every event. */
export class EventStreams {
  private readonly limits: EventStreamLimits;
  private readonly buffers: EventBuffers;
  private readonly changedStations: ChangedStations;
  private readonly streams = new Set<OpenStream>();
  private following: Subscription | null = null;
  private timers: NodeJS.Timeout[] = [];
  private draining = false;

  constructor(private readonly options: EventStreamsOptions) {
    const { telemetry, stations } = options;
    this.limits = { ...EVENT_STREAM_LIMITS, ...options.limits };
    this.buffers = new EventBuffers(this.limits);
    this.changedStations = new ChangedStations({
      stations,
      limits: this.limits,
      onStation: ({ tenant, station }, json) => this.buffers.add(tenant, { type: 'station', station, json }),
      onMissed: (tenant, error) => {
        telemetry.stationMissed(tenant, error);
        this.buffers.add(tenant, { type: 'station', station: null, json: null });
      },
    });
    telemetry.observeOpenStreams(() => this.streams.size);
  }

  async start(): Promise<void> {
    const readers = new Map(SOURCES.map(([topic, read]) => [topic.name, read]));
    const handle = (record: BusRecord): void => {
      const read = readers.get(record.topic);
      if (read !== undefined) this.onRecord(read, record);
    };
    this.following = await this.options.bus.follow({ name: 'event-streams', topic: SOURCES.map(([topic]) => topic), handle });
    this.timers = [
      setInterval(() => this.each(({ stream }) => stream.comment()), COMMENT_EVERY_MS),
      setInterval(() => this.check(), CHECK_EVERY_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  /** Ends every stream, so that its client reconnects to another process, and opens no more. */
  drain(): void {
    this.draining = true;
    this.each(({ stream }) => stream.finish('stopping'));
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.changedStations.stop();
    await this.following?.close();
  }

  /** Opens a stream. A ticket has one at a time: an earlier one of it ends. Throws `too-many-requests` or `unavailable` beyond the limits. */
  async open(caller: Caller, { types, lastEventId }: { types: ReadonlySet<EventType>; lastEventId: string | null }): Promise<EventStream> {
    const { ticket } = caller;
    const reach = await StreamReach.of(this.options.groups ?? null, caller);
    if (ticket !== undefined) this.each((one) => one.caller.ticket?.id === ticket.id && one.stream.cut('replaced'));
    this.mustHaveRoom(caller.tenant);
    const buffer = this.buffers.open(caller.tenant);
    const stream = new EventStream({
      buffer,
      types,
      reach,
      lastEventId,
      proof: ticket?.proof,
      onEnd: (reason) => this.onEnd(open, reason),
    });
    const open: OpenStream = { caller, stream, reach };
    this.streams.add(open);
    return stream;
  }

  /** Ends the streams whose key is no longer valid or whose client reads nothing. While a key cannot be checked it stays valid: nobody can revoke it either. */
  check(now = performance.now()): void {
    this.each(({ caller, stream, reach }) => {
      const since = stream.stalledSince;
      if (since !== null && now - since > this.limits.stalledMs) stream.cut('stalled');
      reach?.refresh(now).catch((error: unknown) => {
        // stations that cannot be read now stay as they were; those that have become too many end the stream
        if (error instanceof CsmsError && error.code === 'limited-to-station-groups') stream.finish('revoked');
      });
      caller.stillAdmitted().then(
        (admitted) => (admitted ? undefined : stream.finish('revoked')),
        () => undefined,
      );
    });
    this.buffers.sweep();
  }

  private mustHaveRoom(tenant: string): void {
    if (this.draining) throw new CsmsError('unavailable', 'this process is stopping: come back to another one');
    const ofTenant = [...this.streams].filter(({ caller }) => caller.tenant === tenant).length;
    if (ofTenant >= this.limits.streamsPerTenant)
      throw new CsmsError('too-many-requests', `the tenant has ${ofTenant} event streams open here, and may not have more`);
    if (this.streams.size >= this.limits.streams) throw new CsmsError('unavailable', 'too many event streams are open here');
  }

  private onRecord(read: ReadChange, record: BusRecord): void {
    const tenant = record.key.slice(0, record.key.indexOf('/'));
    if (!this.buffers.has(tenant)) return;
    const change = read(record, tenant);
    if (change === null) return;
    if ('station' in change) this.changedStations.add(change.station);
    else this.buffers.add(change.tenant, change.event);
  }

  private onEnd(open: OpenStream, reason: StreamEnd): void {
    this.options.telemetry.streamEnded(reason);
    this.streams.delete(open);
    this.buffers.release(open.caller.tenant);
  }

  private each(act: (open: OpenStream) => unknown): void {
    for (const open of [...this.streams]) act(open);
  }
}
