import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, lacksFunction, stationNumber, type Command, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import {
  inMessages,
  nameFor,
  sendInTurn,
  sizeOf,
  type SentCommand,
  type StationLimits,
  type TypeormDeviceModel,
  type VariableName,
} from '../device-model';
import type { WantedMonitor } from './domain/monitor-setting';
import { monitorResult, type MonitorResult } from './domain/monitor-setting';
import type { Monitors } from './monitors';
import { clearedStatuses, setData, setStatuses, statusKey } from './ocpp2/monitor-messages';

/** As its request names it. */
interface RequestedMonitor extends Omit<WantedMonitor, 'name'> {
  component: string;
  componentInstance?: string | undefined;
  evse?: number | undefined;
  connector?: number | undefined;
  variable: string;
  variableInstance?: string | undefined;
}

export interface MonitorOutcome {
  result: MonitorResult;
  /** As the station numbers the monitor; null: it did not tell. */
  id: number | null;
  command: string | null;
  info: string | null;
}

interface Waiting {
  /** The longest that all answers are waited for together. */
  waitMs: number;
}

interface MonitorSettingsParts {
  model: Pick<TypeormDeviceModel, 'protocolOf'>;
  limits: Pick<StationLimits, 'of'>;
  monitors: Pick<Monitors, 'onEnded'>;
  commands: CommandSender;
  now(): Date;
}

const NOT_SENT: MonitorOutcome = { result: 'not-sent', id: null, command: null, info: null };

/** Sets and clears monitors, base and level of stations (N03 to N06), one message after the other, each within the limits of the station. */
export class MonitorSettings {
  constructor(private readonly parts: MonitorSettingsParts) {}

  /** N04. Outcomes in the order of the monitors. Throws `conflict` for a station that has none, or never connected. */
  async set(ref: StationRef, wanted: readonly RequestedMonitor[], { waitMs }: Waiting): Promise<MonitorOutcome[]> {
    const protocol = await this.protocolOf(ref);
    const named = wanted.map((one) => nameFor(protocol, one));
    const items = wanted.flatMap((one, at) => (named[at] ? [{ at, wanted: { ...one, name: named[at] as VariableName } }] : []));
    const outcomes = named.map((name): MonitorOutcome => (name === null ? { ...NOT_SENT, result: 'unknown-variable' } : NOT_SENT));
    const payloadOf = (some: readonly (typeof items)[number][]) => ({ setMonitoringData: some.map((one) => setData(one.wanted)) });
    await this.sendAll(ref, 'SetVariableMonitoring', { items, payloadOf, waitMs }, (some, command) => {
      const statuses = setStatuses(responseOf(command));
      for (const { at, wanted: one } of some) {
        const answered = statuses.get(statusKey(setData(one)))?.shift(); // two may be alike
        outcomes[at] = outcomeOf(command, answered);
      }
    });
    return outcomes;
  }

  /** N06. Outcomes in the order of the ids. */
  async clear(ref: StationRef, ids: readonly number[], { waitMs }: Waiting): Promise<MonitorOutcome[]> {
    await this.protocolOf(ref);
    const items = ids.map((id, at) => ({ id, at }));
    const outcomes = ids.map((id): MonitorOutcome => ({ ...NOT_SENT, id }));
    const payloadOf = (some: typeof items) => ({ id: some.map(({ id }) => id) });
    await this.sendAll(ref, 'ClearVariableMonitoring', { items, payloadOf, waitMs }, (some, command) => {
      const statuses = clearedStatuses(responseOf(command));
      for (const { id, at } of some) outcomes[at] = { ...outcomeOf(command, { status: statuses.get(id), id }), id };
    });
    return outcomes;
  }

  /** N03: which monitors are active. */
  setBase(ref: StationRef, monitoringBase: string, waiting: Waiting): Promise<MonitorOutcome> {
    return this.one(ref, 'SetMonitoringBase', { monitoringBase }, waiting);
  }

  /** N05: events of a higher severity number are not reported. */
  setLevel(ref: StationRef, severity: number, waiting: Waiting): Promise<MonitorOutcome> {
    return this.one(ref, 'SetMonitoringLevel', { severity }, waiting);
  }

  private async one(ref: StationRef, action: string, payload: Record<string, unknown>, { waitMs }: Waiting): Promise<MonitorOutcome> {
    await this.protocolOf(ref);
    let outcome = NOT_SENT;
    await this.sendAll(
      ref,
      action,
      { items: [payload], payloadOf: () => payload, waitMs },
      (_some, command) => void (outcome = outcomeOf(command, responseOf(command))),
    );
    return outcome;
  }

  private async sendAll<T>(
    ref: StationRef,
    action: string,
    { items, payloadOf, waitMs }: { items: readonly T[]; payloadOf(items: readonly T[]): Record<string, unknown>; waitMs: number },
    sent: (items: readonly T[], command: SentCommand) => void,
  ): Promise<void> {
    const { limits, now } = this.parts;
    const deadline = now().getTime() + waitMs;
    const messages = inMessages(items, await limits.of(ref, action), (some) => sizeOf(action, payloadOf(some)));
    const send = (some: readonly T[], waitSeconds: number) => this.send(ref, { action, payload: payloadOf(some), waitSeconds });
    await sendInTurn(messages, { deadline, now, send, sent });
  }

  private async send(
    ref: StationRef,
    message: { action: string; payload: Record<string, unknown>; waitSeconds: number },
  ): Promise<Command> {
    const command = await this.parts.commands.sendCommand({ id: randomUUID(), ref, ...message, requestedBy: 'device-config' });
    if (commandEnded(command.status)) await this.parts.monitors.onEnded(command);
    return command;
  }

  private async protocolOf(ref: StationRef) {
    const protocol = await this.parts.model.protocolOf(ref);
    if (protocol === 'ocpp1.6') throw new CsmsError('conflict', 'a station of 1.6 has no monitors');
    return protocol;
  }
}

function responseOf(command: SentCommand): unknown {
  return command instanceof CsmsError ? null : command.response;
}

function outcomeOf(sent: SentCommand, answered: unknown): MonitorOutcome {
  if (sent instanceof CsmsError) return { ...NOT_SENT, result: 'refused', info: sent.message };
  const { id: command, status, error } = sent;
  const { status: text, id } = (answered ?? {}) as { status?: unknown; id?: unknown };
  if (status === 'answered') return { result: monitorResult(text), id: stationNumber(id), command, info: null };
  const info = status === 'error' && error !== null ? `${error.code}: ${error.description}` : null;
  if (status === 'error') return { result: lacksFunction(error?.code ?? '') ? 'not-supported' : 'rejected', id: null, command, info };
  const result = status === 'offline' ? 'offline' : commandEnded(status) ? 'not-answered' : 'pending';
  return { result, id: null, command, info: result === 'not-answered' ? status : null };
}
