import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, groupByStation, stationNumber, type Command, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { CommandSender, StationAllowance, StationMessage, TypeormUnhandledMessages } from '@voltbus/service';
import type { MonitorOutcome, MonitorSettings } from '../monitoring';
import { parametersIn, streamIn, valuesIn, type StreamParameters } from './domain/event-stream';
import { MAX_STREAMS } from './limits';
import type { StoredStream, TypeormEventStreams } from './store/typeorm-event-streams';

interface EventStreamsParts {
  store: TypeormEventStreams;
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
  /** Values of one stream that are kept. */
  allowance: Pick<StationAllowance, 'within'>;
  settings: Pick<MonitorSettings, 'clear'>;
  commands: CommandSender;
  now(): Date;
}

type Notification = StationMessage<v21.NotifyPeriodicEventStreamRequest>;
const OBSERVED: ReadonlySet<string> = new Set(['GetPeriodicEventStream', 'AdjustPeriodicEventStream']);

/** The streams in which stations send values of monitors (N11 to N15). */
export class EventStreams {
  constructor(private readonly parts: EventStreamsParts) {}

  /** N11: false where it cannot be had: its numbers name nothing, or the station has too many open. Opened again it begins anew. */
  async open(ref: StationRef, message: v21.OpenPeriodicEventStreamRequest, at: Date): Promise<boolean> {
    const stream = streamIn(message.constantStreamData);
    if (stream === null) return false;
    const opened = await this.parts.store.inStation(ref, async (unit) => {
      const open = (await unit.open()).filter(({ id }) => id !== stream.id);
      if (open.length >= MAX_STREAMS) return false;
      await unit.write(stream, at);
      return true;
    });
    return opened ?? false;
  }

  /** N13. */
  async closed(ref: StationRef, id: unknown, at: Date): Promise<void> {
    const stream = stationNumber(id);
    if (stream !== null) await this.parts.store.inStation(ref, (unit) => unit.close([stream], at));
  }

  /** N15: nobody waits for an answer. Values of a stream that is not open here are kept as they came. */
  async receive(messages: readonly Notification[]): Promise<void> {
    const strange: Notification[] = [];
    for (const { ref, items } of groupByStation(messages, (message) => message.ref)) {
      const left = await this.parts.store.inStation(ref, async (unit) => {
        const open = new Set((await unit.open()).map(({ id }) => id));
        const mine = items.filter(({ payload }) => open.has(payload.id));
        for (const message of mine) await this.receiveOne(unit, message);
        return items.filter(({ payload }) => !open.has(payload.id));
      });
      strange.push(...(left ?? []));
    }
    if (strange.length > 0) await this.parts.unhandled.writeMany(strange);
  }

  /** N14: asks the station for its streams. Those that it does not name are closed. */
  async refresh(ref: StationRef, waitSeconds: number): Promise<MonitorOutcome['result']> {
    return this.send(ref, 'GetPeriodicEventStream', {}, waitSeconds);
  }

  /** N12. Throws `not-found`. */
  async adjust(
    ref: StationRef,
    id: number,
    { intervalSeconds, values }: StreamParameters,
    waitSeconds: number,
  ): Promise<MonitorOutcome['result']> {
    await this.find(ref, id);
    const params = { ...(intervalSeconds === null ? {} : { interval: intervalSeconds }), ...(values === null ? {} : { values }) };
    return this.send(ref, 'AdjustPeriodicEventStream', { id, params }, waitSeconds);
  }

  /** N13: a stream ends with its monitor; the station closes it. Throws `not-found`. */
  async close(ref: StationRef, id: number, waitMs: number): Promise<MonitorOutcome['result']> {
    const { monitor } = await this.find(ref, id);
    const [outcome] = await this.parts.settings.clear(ref, [monitor], { waitMs });
    return outcome?.result ?? 'not-sent';
  }

  async find(ref: StationRef, id: number): Promise<StoredStream> {
    const stream = await this.parts.store.find(ref, id);
    if (stream === null) throw new CsmsError('not-found', 'no such event stream');
    return stream;
  }

  /** What the answer to a command shows, whoever sent it. It may come twice. */
  async onEnded({ action, status, response, payload, tenant, station, endedAt }: Command): Promise<void> {
    if (!OBSERVED.has(action) || status !== 'answered') return;
    const at = endedAt === null ? this.parts.now() : new Date(endedAt);
    await this.parts.store.inStation({ tenant, station }, async (unit) => {
      if (action === 'AdjustPeriodicEventStream') {
        const id = stationNumber(payload['id']);
        const isAccepted = (response as { status?: unknown } | null)?.status === 'Accepted';
        if (isAccepted && id !== null) await unit.adjust(id, parametersIn(payload['params'] as Parameters<typeof parametersIn>[0]));
        return;
      }
      const { constantStreamData = [] } = (response ?? {}) as v21.GetPeriodicEventStreamResponse; // the gateway has checked it
      const told = constantStreamData.flatMap((one) => streamIn(one) ?? []).slice(0, MAX_STREAMS);
      const known = await unit.open();
      const gone = known.filter((one) => one.openedAt < at && !told.some(({ id }) => id === one.id));
      await unit.close(gone.map(({ id }) => id), at); // prettier-ignore
      for (const stream of told) {
        if (known.some(({ id, monitor }) => id === stream.id && monitor === stream.monitor)) await unit.adjust(stream.id, stream);
        else await unit.write(stream, at);
      }
    });
  }

  private async receiveOne(
    unit: Parameters<Parameters<TypeormEventStreams['inStation']>[1]>[0],
    { ref, payload, receivedAt }: Notification,
  ): Promise<void> {
    const { values, notKept } = valuesIn(payload, receivedAt);
    const stream = { tenant: ref.tenant, station: `${ref.station} ${payload.id}` }; // each stream has an allowance of its own
    const kept = this.parts.allowance.within(values.map((value) => ({ ref: stream, value }))).map(({ value }) => value);
    const received = {
      values: payload.data.length,
      notKept: notKept + values.length - kept.length,
      pending: stationNumber(payload.pending),
    };
    await unit.add(payload.id, kept, { ...received, at: receivedAt });
  }

  private async send(
    ref: StationRef,
    action: string,
    payload: Record<string, unknown>,
    waitSeconds: number,
  ): Promise<MonitorOutcome['result']> {
    if ((await this.parts.store.protocolOf(ref)) !== 'ocpp2.1') throw new CsmsError('conflict', 'only stations of 2.1 have event streams');
    const command = await this.parts.commands.sendCommand({
      id: randomUUID(),
      ref,
      action,
      payload,
      waitSeconds,
      requestedBy: 'device-config',
    });
    if (!commandEnded(command.status)) return 'pending';
    await this.onEnded(command);
    if (command.status === 'offline') return 'offline';
    if (command.status === 'error') return 'rejected';
    if (command.status !== 'answered') return 'not-answered';
    const { status = 'Accepted' } = (command.response ?? {}) as { status?: string };
    return status === 'Accepted' ? 'accepted' : 'rejected';
  }
}
