import { randomUUID } from 'node:crypto';
import {
  CsmsError,
  commandEnded,
  commandOutcome,
  isOcppInteger,
  type Command,
  type CommandRequest,
  type StationRef,
} from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { CommandSender, StationMessage } from '@voltbus/service';
import { drawNumber } from '../stations/draw-number';
import { afterAbsence, afterReport, endedFirst, type DisplayMessage } from './domain/display-message';
import { MAX_ASKED, MAX_MESSAGES } from './limits';
import { messageIn } from './ocpp2/message-info';
import type { TypeormDisplay } from './store/typeorm-display';
import { NO_REPORT, type DisplayReport, type DisplayUnit } from './store/typeorm-display-unit';

interface DisplayReportsParts {
  store: TypeormDisplay;
  commands: CommandSender;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

type Part = StationMessage<v21.NotifyDisplayMessagesRequest>;

/** Behind the commands of operators. */
const PRIORITY = 8;

/** The lists of messages that stations report (O03, O04): requested, in parts, and whole. */
export class DisplayReports {
  constructor(private readonly parts: DisplayReportsParts) {}

  /** Asks the station for all of its messages, now. */
  async request(ref: StationRef): Promise<DisplayReport> {
    const command = await this.begun(ref);
    if (command === null) throw new CsmsError('unknown-station', 'no such station');
    const sent = await this.parts.commands.sendCommand({ ...command, ref, requestedBy: 'api' });
    if (commandEnded(sent.status)) await this.onEnded(sent);
    return this.find(ref);
  }

  async find(ref: StationRef): Promise<DisplayReport> {
    return (await this.parts.store.report(ref)) ?? NO_REPORT;
  }

  /** Asks stations that came back, and have messages of ours. Returns how many. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.due(MAX_ASKED);
    for (const { tenant, station } of due) {
      const command = await this.begun({ tenant, station });
      if (command !== null) await this.parts.sendCommand({ ...command, tenant, station, priority: PRIORITY, requestedBy: 'device-config' });
    }
    return due.length;
  }

  /** O03.FR.06: `Unknown` says that the station has none. */
  async onEnded(command: Command): Promise<void> {
    if (command.action !== 'GetDisplayMessages') return;
    const { tenant, station, id } = command;
    const { text } = commandOutcome(command);
    await this.parts.store.inStation({ tenant, station }, async (unit) => {
      const report = await unit.report();
      if (report.command !== id) return;
      const told = { ...report, outcome: text };
      if (text === 'Unknown') await this.complete(unit, { ...told, completedAt: this.parts.now() });
      else await unit.saveReport(told);
    });
  }

  /** Parts of one station in the order in which they were received. They have no numbers: only the last one says that it is. */
  async receive(ref: StationRef, messages: readonly Part[]): Promise<void> {
    await this.parts.store.inStation(ref, async (unit) => {
      for (const message of messages) await this.receivePart(unit, message);
    });
  }

  private async receivePart(unit: DisplayUnit, { payload, receivedAt }: Part): Promise<void> {
    const { requestId, tbc = false, messageInfo = [] } = payload;
    const report = await unit.report();
    const isOurs = report.requestId === requestId;
    const notKept = await this.record(unit, { messageInfo, receivedAt, requestId: isOurs ? requestId : null });
    if (!isOurs) return; // an operator asked for some of them
    const received = { ...report, parts: report.parts + 1, notKept: report.notKept + notKept };
    if (tbc || report.completedAt !== null) await unit.saveReport(received);
    else await this.complete(unit, { ...received, completedAt: receivedAt });
  }

  /** Returns how many were not kept: there are too many of the station. */
  private async record(
    unit: DisplayUnit,
    { messageInfo, receivedAt, requestId }: { messageInfo: readonly v21.MessageInfoType[]; receivedAt: Date; requestId: number | null },
  ): Promise<number> {
    const all = await unit.all();
    const known = new Map(all.map((one) => [one.id, one]));
    const changed = new Map<number, DisplayMessage>();
    const gone = endedFirst(all, receivedAt.getTime()).filter(({ id }) => !messageInfo.some((info) => info.id === id));
    const free = MAX_MESSAGES - known.size;
    let [added, notKept] = [0, 0];
    for (const info of messageInfo) {
      const before = changed.get(info.id) ?? known.get(info.id) ?? null;
      if (!isOcppInteger(info.id) || (before === null && added++ >= free + gone.length)) notKept++;
      else changed.set(info.id, afterReport(before, { id: info.id, reported: messageIn(info), at: receivedAt }));
    }
    for (const { id } of gone.slice(0, Math.max(0, added - free))) await unit.remove(id);
    await unit.write([...changed.values()], requestId);
    return notKept;
  }

  /** A part that comes late puts its messages right again. One list that could not be kept whole says of no message that it is missing. */
  private async complete(unit: DisplayUnit, report: DisplayReport): Promise<void> {
    await unit.saveReport(report);
    const { requestId, askedAt, completedAt, notKept } = report;
    if (requestId === null || askedAt === null || completedAt === null || notKept > 0) return;
    const absent = (await unit.notIn(requestId)).map((one) => [one, afterAbsence(one, { askedAt, at: completedAt })] as const);
    await unit.write(absent.flatMap(([before, after]) => (before === after ? [] : [after])));
  }

  /** The request is noted before it is sent: its parts may come before its answer. Null: there is no such station. */
  private begun(ref: StationRef): Promise<{ id: string; action: string; payload: { requestId: number } } | null> {
    return this.parts.store.inStation(ref, async (unit) => {
      const requestId = drawNumber();
      const command = randomUUID();
      await unit.saveReport({ ...NO_REPORT, requestId, command, askedAt: this.parts.now() });
      return { id: command, action: 'GetDisplayMessages', payload: { requestId } };
    });
  }
}
