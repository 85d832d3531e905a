import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, invalidAt, type Command, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import { drawNumber } from '../stations/draw-number';
import type { TypeormDeviceModel } from '../device-model';
import { displayLimitsOf } from './display-limits-of';
import type { DisplayResults } from './display-results';
import { beyondDisplay, beyondVersion } from './domain/display-limits';
import { endedFirst, takesRoom, type DisplayMessage, type Message } from './domain/display-message';
import { MAX_DRAWS, MAX_MESSAGES } from './limits';
import { messageInfo } from './ocpp2/message-info';
import type { TypeormDisplay } from './store/typeorm-display';
import type { DisplayUnit } from './store/typeorm-display-unit';

interface DisplayMessagesParts {
  store: TypeormDisplay;
  model: Pick<TypeormDeviceModel, 'find' | 'protocolOf'>;
  results: Pick<DisplayResults, 'onEnded' | 'notTaken'>;
  commands: CommandSender;
  now(): Date;
}

const REQUESTED_BY = 'api';

/** Sets and clears messages on the displays of stations (O01, O02, O05, O06). */
export class DisplayMessages {
  constructor(private readonly parts: DisplayMessagesParts) {}

  /** A new message, under a number of ours. Throws `conflict` and `invalid` where the station could not show it. */
  async set(ref: StationRef, message: Message): Promise<DisplayMessage> {
    return this.ask(ref, message, async (unit, all) => {
      const at = this.parts.now();
      if (all.length >= MAX_MESSAGES) await this.makeRoom(unit, all, at);
      const nothing = { reported: null, reportedAt: null, answer: null };
      return { id: await this.drawFreeNumber(unit), state: 'requested', wanted: message, ...nothing, command: null, changedAt: at };
    });
  }

  /** O06: the same id replaces. `decide`: the new message in place of the stored one. */
  async replace(ref: StationRef, id: number, decide: (before: Message) => Message): Promise<DisplayMessage> {
    const known = await this.find(ref, id);
    const wanted = decide(known.wanted ?? known.reported ?? noMessage());
    return this.ask(ref, wanted, async (unit) => {
      const before = (await unit.find(id)) ?? noMessage();
      return { ...before, state: 'requested', wanted: decide(before.wanted ?? before.reported ?? noMessage()), answer: null };
    });
  }

  /** O05. A message that is not at the station any more is not asked for; one that was refused may have replaced one that still is. */
  async clear(ref: StationRef, id: number): Promise<DisplayMessage> {
    const { store, now } = this.parts;
    const command = randomUUID();
    await store.inStation(ref, async (unit) => {
      const before = (await unit.find(id)) ?? noMessage();
      if (before.state === 'cleared') throw new CsmsError('conflict', `the message is ${before.state}`);
      await unit.write([{ ...before, state: 'clearing', answer: null, command, changedAt: now() }]);
    });
    return this.send(ref, id, { command, action: 'ClearDisplayMessage', payload: { id } });
  }

  async find(ref: StationRef, id: number): Promise<DisplayMessage> {
    return (await this.parts.store.inStation(ref, (unit) => unit.find(id))) ?? noMessage();
  }

  /** What is not at the station any more gives its place, the oldest first. */
  private async makeRoom(unit: DisplayUnit, all: readonly DisplayMessage[], at: Date): Promise<void> {
    const [oldest] = endedFirst(all, at.getTime());
    if (oldest === undefined) throw new CsmsError('conflict', `${all.length} messages are kept of the station already`);
    await unit.remove(oldest.id);
  }

  private async ask(
    ref: StationRef,
    message: Message,
    made: (unit: DisplayUnit, all: readonly DisplayMessage[]) => Promise<DisplayMessage>,
  ): Promise<DisplayMessage> {
    const { store, model, now } = this.parts;
    const protocol = await model.protocolOf(ref);
    if (protocol === 'ocpp1.6') throw new CsmsError('conflict', 'OCPP 1.6 has no messages on displays');
    const unfit = beyondVersion(protocol, message);
    if (unfit !== null) throw invalidAt(unfit.path, unfit.message);
    const limits = await displayLimitsOf(model, ref);
    const command = randomUUID();
    const at = now();
    const asked = await store.inStation(ref, async (unit) => {
      const all = await unit.all();
      const one = await made(unit, all);
      const others = all.filter((other) => other.id !== one.id && takesRoom(other, at.getTime()));
      const fault = beyondDisplay(message, limits, others.length);
      if (fault?.path === '') throw new CsmsError('conflict', fault.message);
      if (fault !== null) throw invalidAt(fault.path, fault.message);
      const asked = { ...one, command, changedAt: at };
      await unit.write([asked]);
      const report = await unit.report();
      await unit.saveReport(report); // so that its list is asked for when it comes back
      return asked;
    });
    if (asked === null) throw new CsmsError('unknown-station', 'no such station');
    return this.send(ref, asked.id, { command, action: 'SetDisplayMessage', payload: { message: messageInfo(asked.id, message) } });
  }

  private async send(
    ref: StationRef,
    id: number,
    { command, action, payload }: { command: string; action: string; payload: Record<string, unknown> },
  ): Promise<DisplayMessage> {
    const { commands, results } = this.parts;
    try {
      const sent: Command = await commands.sendCommand({ id: command, ref, action, payload, requestedBy: REQUESTED_BY });
      if (commandEnded(sent.status)) await results.onEnded(sent);
    } catch (error) {
      if (error instanceof CsmsError) await results.notTaken(ref, command, error.code);
      throw error;
    }
    return this.find(ref, id);
  }

  private async drawFreeNumber(unit: DisplayUnit): Promise<number> {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const id = drawNumber();
      if ((await unit.find(id)) === null) return id;
    }
    throw new CsmsError('unavailable', 'no number was free for the message: ask again');
  }
}

function noMessage(): never {
  throw new CsmsError('not-found', 'no such display message');
}
