import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, invalidAt, type Command, type Protocol, type StationRef } from '@voltbus/contracts';
import { isSecretName } from '@voltbus/ocpp';
import type { CommandSender } from '@voltbus/service';
import {
  LONGEST_SET_VALUE,
  isReadOnly,
  settingMessages,
  settingResult,
  wireNames,
  type SettingMessage,
  type SettingResult,
  type WantedValue,
} from './domain/setting';
import { nameFor } from './domain/name-for';
import { attributeId, variableId, type AttributeType, type VariableName } from './domain/variable';
import { attributeKey, setStatuses } from './ocpp2/variable-answers';
import { sendInTurn, type SentCommand } from './send-in-turn';
import type { StationLimits } from './station-limits';
import type { TypeormDeviceModel } from './store/typeorm-device-model';
import type { VariableResults } from './variable-results';

/** A value to be set, as its request names the variable: by its id, by a key of 1.6, or by component and variable of 2.x. */
export interface RequestedValue extends Partial<VariableName> {
  id?: string | undefined;
  attribute: AttributeType;
  value: string;
}

/** What came of one value. */
export interface SettingOutcome {
  result: SettingResult;
  /** The variable; null: it was not found. */
  name: VariableName | null;
  attribute: AttributeType;
  /** The command that set it; null: none was sent for it. */
  command: string | null;
  info: string | null;
}

interface Planned extends WantedValue {
  at: number;
}
type Outcome = Pick<SettingOutcome, 'result' | 'info'>;

interface VariableSettingsParts {
  store: TypeormDeviceModel;
  limits: StationLimits;
  results: VariableResults;
  commands: CommandSender;
  now(): Date;
}

const SECRETS_OF_THE_STATION = 'it is a secret by which the station is known: it is set in a way of its own';

/** Sets variables of stations by commands, one message after the other, each within the limits of the station. */
export class VariableSettings {
  constructor(private readonly parts: VariableSettingsParts) {}

  /** Outcomes in the order of the values. Throws `conflict` for a station that never connected, whose version is not known, and `invalid` for a repeat. */
  async set(
    ref: StationRef,
    values: readonly RequestedValue[],
    { actor, waitMs }: { actor: string; waitMs: number },
  ): Promise<SettingOutcome[]> {
    const protocol = await this.parts.store.protocolOf(ref);
    const outcomes = await this.resolve(ref, protocol, values);
    const planned = outcomes.flatMap(({ name, attribute, result }, at): Planned[] => {
      const secret = name !== null && [name.variable, name.key ?? ''].some(isSecretName);
      return name === null || result !== 'not-sent' ? [] : [{ name, attribute, value: values[at]?.value ?? '', secret, at }];
    });
    const deadline = this.parts.now().getTime() + waitMs;
    await sendInTurn(await this.messages(ref, protocol, planned), {
      ...{ deadline, now: this.parts.now },
      send: (message, waitSeconds) => this.send(ref, message, { actor, waitSeconds }),
      sent: (message, command) => {
        for (const item of message.items) outcomes[item.at] = { ...outcomeAt(outcomes, item), ...outcomeOf(message, item, command) };
      },
    });
    return outcomes;
  }

  /** What is known before anything is sent. */
  private async resolve(ref: StationRef, protocol: Protocol, values: readonly RequestedValue[]): Promise<SettingOutcome[]> {
    const ids = values.flatMap(({ id }) => id ?? []);
    const byId = new Map((await this.parts.store.find(ref, ids)).map((one) => [one.id, one]));
    const names = values.map((value) => nameOfRequested(protocol, value, byId));
    refuseRepeats(values, names);
    const known = await this.parts.store.find(
      ref,
      names.flatMap((name) => (name === null ? [] : [variableId(name)])),
    );
    const stored = new Map(known.map((one) => [one.id, one]));
    return values.map(({ attribute, value }, at) => {
      const name = names[at] ?? null;
      const refusal = refusalOf(protocol, {
        attribute,
        value,
        name,
        variable: name === null ? null : (stored.get(variableId(name)) ?? null),
      });
      return { name, attribute, command: null, ...(refusal ?? { result: 'not-sent', info: null }) };
    });
  }

  private async messages(ref: StationRef, protocol: Protocol, planned: readonly Planned[]): Promise<SettingMessage<Planned>[]> {
    return settingMessages(protocol, planned, await this.parts.limits.of(ref, 'SetVariables'));
  }

  private async send(
    ref: StationRef,
    { action, payload }: SettingMessage<Planned>,
    { actor, waitSeconds }: { actor: string; waitSeconds: number },
  ): Promise<Command> {
    const id = randomUUID();
    await this.parts.store.noteActor(ref, { command: id, actor, at: this.parts.now() });
    const command = await this.parts.commands.sendCommand({ id, ref, action, payload, waitSeconds, requestedBy: 'device-config' });
    if (commandEnded(command.status)) await this.parts.results.onEnded(command);
    return command;
  }
}

function outcomeAt(outcomes: readonly SettingOutcome[], { at, name, attribute }: Planned): SettingOutcome {
  return outcomes[at] ?? { name, attribute, command: null, result: 'not-sent', info: null };
}

function outcomeOf({ action }: SettingMessage<Planned>, item: Planned, command: SentCommand): Outcome & Pick<SettingOutcome, 'command'> {
  if (command instanceof CsmsError)
    return { command: null, result: 'refused', info: command.code === 'secret-in-command' ? SECRETS_OF_THE_STATION : command.message };
  const { id, status, response, error } = command;
  if (status === 'offline') return { command: id, result: 'offline', info: null };
  if (status === 'error') return { command: id, result: 'rejected', info: error === null ? null : `${error.code}: ${error.description}` };
  if (!commandEnded(status)) return { command: id, result: 'pending', info: 'the station has not answered yet' };
  if (status !== 'answered') return { command: id, result: 'not-answered', info: status };
  const { status: ofKey } = (response ?? {}) as { status?: unknown };
  const names = { ...wireNames(item.name), attributeType: item.attribute };
  const answer = action === 'ChangeConfiguration' ? ofKey : setStatuses(response).get(attributeKey(names));
  return { command: id, result: settingResult(answer), info: null };
}

interface Resolved extends Pick<RequestedValue, 'attribute' | 'value'> {
  name: VariableName | null;
  variable: Parameters<typeof isReadOnly>[0] | null;
}

function nameOfRequested(protocol: Protocol, value: RequestedValue, byId: ReadonlyMap<string, VariableName>): VariableName | null {
  const named = value.id === undefined ? value : byId.get(value.id);
  return named === undefined ? null : nameFor(protocol, named);
}

/** B05.FR.13: an attribute is set once in a request, whichever of its names it is given. */
function refuseRepeats(values: readonly RequestedValue[], names: readonly (VariableName | null)[]): void {
  const seen = new Set<string>();
  values.forEach(({ attribute }, at) => {
    const name = names[at] ?? null;
    if (name === null) return;
    const id = attributeId(name, attribute);
    if (seen.has(id)) throw invalidAt(`/variables/${at}`, 'sets what is set already (B05.FR.13)');
    seen.add(id);
  });
}

/** Why a value is not sent at all; null: it is. */
function refusalOf(protocol: Protocol, { attribute, value, name, variable }: Resolved): Outcome | null {
  if (name === null) return { result: 'unknown-variable', info: `a station of ${protocol} has no such variable` };
  if (protocol === 'ocpp1.6' && attribute !== 'Actual') return { result: 'not-supported', info: 'keys of 1.6 have Actual only' };
  if (variable !== null && isReadOnly(variable, attribute)) return { result: 'read-only', info: null };
  const longest = LONGEST_SET_VALUE[protocol];
  return value.length > longest ? { result: 'refused', info: `is longer than ${longest} characters` } : null;
}
