import type { Bus, BusRecord, Subscription } from '@voltbus/bus';
import { CsmsError } from '@voltbus/contracts';
import type { Caller } from '../caller';
import { COMMENT_EVERY_MS, EVENT_LIMITS, JUDGE_EVERY_MS, type EventLimits } from './event-limits';
import { EventStream, type StreamEnd } from './event-stream';
import { Feeds } from './feeds';
import type { EventType } from './resource-event';
import { SOURCES, type News, type Source } from './sources';
import { StationNews, type StationsShown } from './station-news';
import type { Logger, Metrics } from '@voltbus/telemetry';

export const EVENT_DESK = Symbol('event-desk');

export interface EventDeskParts {
  bus: Bus;
  stations: StationsShown;
  logger: Logger;
  metrics: Metrics;
  limits?: Partial<EventLimits>;
}

interface Listener {
  caller: Caller;
  stream: EventStream;
}

/** Who listens to what happens in a tenant. Each process follows the topics by itself, so that each hears everything. */
export class EventDesk {
  private readonly limits: EventLimits;
  private readonly feeds: Feeds;
  private readonly stationNews: StationNews;
  private readonly listeners = new Set<Listener>();
  private readonly ends;
  private following: Subscription | null = null;
  private timers: NodeJS.Timeout[] = [];
  private stopping = false;

  constructor(private readonly parts: EventDeskParts) {
    const { logger, metrics, stations } = parts;
    this.limits = { ...EVENT_LIMITS, ...parts.limits };
    this.feeds = new Feeds(this.limits);
    this.stationNews = new StationNews({
      stations,
      limits: this.limits,
      tell: (tenant, json) => this.feeds.tell(tenant, { type: 'station', json }),
      skip: (tenant, err) => {
        logger.warn({ err, tenant }, 'change of a station not told to listeners: they were told of a gap');
        this.feeds.tell(tenant, { type: 'station', json: null });
      },
    });
    this.ends = metrics.counter('api_event_streams_ended_total', 'Event streams that ended', ['reason']);
    metrics.gauge('api_event_streams', 'Event streams that are open', [], () => this.listeners.size);
  }

  async start(): Promise<void> {
    const { bus } = this.parts;
    const sources = new Map(SOURCES.map((source) => [source.topic.name, source]));
    const handle = (record: BusRecord): void => {
      const source = sources.get(record.topic);
      if (source !== undefined) this.heard(source, record);
    };
    this.following = await bus.follow({ name: 'event-streams', topic: SOURCES.map(({ topic }) => topic), handle });
    this.timers = [
      setInterval(() => this.each(({ stream }) => stream.comment()), COMMENT_EVERY_MS),
      setInterval(() => this.judge(), JUDGE_EVERY_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  /** Ends every stream, so that its client goes to another process, and lets nobody in any more. */
  closeDoor(): void {
    this.stopping = true;
    this.each(({ stream }) => stream.finish('stopping'));
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.stationNews.stop();
    await this.following?.close();
  }

  /** Throws `too-many-requests` or `unavailable` beyond the limits. */
  listen(caller: Caller, { types, lastEventId }: { types: ReadonlySet<EventType>; lastEventId: string | null }): EventStream {
    this.mustHaveRoom(caller.tenant);
    const feed = this.feeds.join(caller.tenant);
    const stream = new EventStream({ feed, types, lastEventId, ended: (why) => this.left(listener, why) });
    const listener: Listener = { caller, stream };
    this.listeners.add(listener);
    return stream;
  }

  /** Judges each listener: its key, and whether it takes what it is sent. A key that cannot be judged now stays good: nobody can revoke it now either. */
  judge(now = performance.now()): void {
    this.each(({ caller, stream }) => {
      const since = stream.stalledSince;
      if (since !== null && now - since > this.limits.stalledMs) stream.cut('stalled');
      caller.stillAdmitted().then(
        (admitted) => (admitted ? undefined : stream.finish('revoked')),
        () => undefined,
      );
    });
    this.feeds.sweep();
  }

  private mustHaveRoom(tenant: string): void {
    if (this.stopping) throw new CsmsError('unavailable', 'this process is stopping: come back to another one');
    const ofTenant = [...this.listeners].filter(({ caller }) => caller.tenant === tenant).length;
    if (ofTenant >= this.limits.listenersOfTenant)
      throw new CsmsError('too-many-requests', `the tenant has ${ofTenant} event streams open here, and may not have more`);
    if (this.listeners.size >= this.limits.listeners) throw new CsmsError('unavailable', 'too many event streams are open here');
  }

  private heard(source: Source, record: BusRecord): void {
    const tenant = record.key.slice(0, record.key.indexOf('/'));
    if (!this.feeds.wanted(tenant)) return;
    const news: News = source.read(record, tenant);
    if (news === null) return;
    if ('changed' in news) this.stationNews.changed(news.changed);
    else this.feeds.tell(news.tenant, news.event);
  }

  private left(listener: Listener, why: StreamEnd): void {
    this.ends.add(1, { reason: why });
    this.listeners.delete(listener);
    this.feeds.left(listener.caller.tenant);
  }

  private each(act: (listener: Listener) => void): void {
    for (const listener of [...this.listeners]) act(listener);
  }
}
