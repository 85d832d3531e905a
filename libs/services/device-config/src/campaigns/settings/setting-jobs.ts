import { randomUUID } from 'node:crypto';
import { isCrowdedOut, lacksFunction, type Command, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import type { ProfileValue } from '../../configuration';
import {
  attributeKey,
  isReadOnly,
  setStatuses,
  settingMessages,
  settingResult,
  variableId,
  nameFor,
  wireNames,
  type SettingResult,
  type StationLimits,
  type TypeormDeviceModel,
} from '../../device-model';
import type { Transaction } from '../../stations/typeorm-in-station';
import { afterSilence, answered, itemsFor, look, newSettingJob, notSent, openItems, type SettingJob } from './domain/setting-job';
import { SETTINGS_BATCH } from './limits';
import type { TypeormSettingJobs } from './store/typeorm-setting-jobs';

/** Behind the commands of operators. */
const PRIORITY = 7;
const ACTIONS: ReadonlySet<string> = new Set(['SetVariables', 'ChangeConfiguration']);

interface SettingJobsParts {
  store: TypeormSettingJobs;
  variables: Pick<TypeormDeviceModel, 'find' | 'noteActor'>;
  limits: Pick<StationLimits, 'of'>;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** Sets values at stations, message by message, each stored before it is sent. */
export class SettingJobs {
  constructor(private readonly parts: SettingJobsParts) {}

  /** Begins one within the caller's transaction, to be brought `forward` after it. `open`: another one of the station has not ended. */
  async startIn(
    transaction: Transaction,
    ref: StationRef,
    { campaign, protocol, values, runMs }: { campaign: string; protocol: Protocol; values: readonly ProfileValue[]; runMs: number },
  ): Promise<{ id: string } | 'none' | 'open'> {
    const { store, variables, now } = this.parts;
    if (await store.hasOpen(transaction, ref)) return 'open';
    const ids = values.flatMap((value) => nameFor(protocol, value) ?? []).map(variableId);
    const known = new Map((await variables.find(ref, ids)).map((one) => [one.id, one]));
    const items = itemsFor(protocol, values, (name, attribute) => {
      const variable = known.get(variableId(name));
      return variable !== undefined && isReadOnly(variable, attribute);
    });
    if (items === null) return 'none';
    const job = newSettingJob({ id: randomUUID(), items, runMs }, now());
    await store.create(transaction, { ref, campaign, job });
    return { id: job.id };
  }

  /** Does what time demands of it. What is stored as sent and was not published is published, under the same id. */
  async forward(id: string): Promise<void> {
    const { store, now, sendCommand, variables } = this.parts;
    const found = await store.find(id);
    if (found === null || found.job.endedAt !== null) return;
    const { ref, protocol, campaign } = found;
    const next = protocol === null ? null : await this.nextOf(ref, protocol, found.job);
    const job = await store.change(id, (before, online) => look(before, { online, now: now(), next }));
    if (job === null || job.state !== 'sent' || job.published || job.command === null || protocol === null) return;
    const message = messageOf(protocol, job);
    await variables.noteActor(ref, { command: job.command, actor: `campaign:${campaign}`, at: now() });
    await sendCommand({ id: job.command, ...ref, ...message, priority: PRIORITY, requestedBy: 'device-config' });
    await store.change(id, (known) => (known.command === job.command ? { ...known, published: true } : known));
  }

  /** Returns how many jobs it looked at. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.due(this.parts.now(), SETTINGS_BATCH);
    for (const id of due) await this.forward(id);
    return due.length;
  }

  /** The end of a command; it may come twice, and may be about anything. */
  async onEnded(command: Command): Promise<void> {
    if (!ACTIONS.has(command.action)) return;
    const { store, now } = this.parts;
    const id = await store.ofCommand(command);
    if (id === null) return;
    const job = await store.change(id, (before) =>
      before.command === command.id && before.state === 'sent' ? afterCommand(before, command, now()) : before,
    );
    if (job?.state === 'waiting') await this.forward(id); // the next message, where it is due
  }

  /** The next message, within what the station takes (B05.FR.11). */
  private async nextOf(ref: StationRef, protocol: Protocol, job: SettingJob): Promise<{ command: string; sending: number[] } | null> {
    const limits = await this.parts.limits.of(ref, 'SetVariables');
    const [message] = settingMessages(protocol, wantedOf(job, openItems(job)), limits);
    return message === undefined ? null : { command: randomUUID(), sending: message.items.map(({ at }) => at) };
  }
}

/** The values of these items. None is a secret: a campaign of secrets is refused. */
function wantedOf({ items }: SettingJob, places: readonly number[]) {
  return places.flatMap((at) => {
    const item = items[at];
    return item === undefined ? [] : [{ ...item, at, secret: false }];
  });
}

/** What was stored as sent, whatever the station takes now. */
function messageOf(protocol: Protocol, job: SettingJob): { action: string; payload: Record<string, unknown> } {
  const [message] = settingMessages(protocol, wantedOf(job, job.sending), { items: job.sending.length, bytes: null });
  if (message === undefined) throw new Error('a message without values was stored');
  return { action: message.action, payload: message.payload };
}

function afterCommand(job: SettingJob, command: Command, now: Date): SettingJob {
  const { status, error, sentAt } = command;
  if (status === 'answered') return answered(job, resultsOf(job, command), now);
  if (status === 'error' && !isCrowdedOut(command)) {
    const result: SettingResult = lacksFunction(error?.code ?? '') ? 'not-supported' : 'rejected';
    return answered(job, new Map(job.sending.map((at) => [at, result])), now);
  }
  return status === 'unknown' || (status !== 'error' && sentAt !== null) ? afterSilence(job, now) : notSent(job, now);
}

/** A station may answer in any order, and leave some out (B05.FR.02). */
function resultsOf(job: SettingJob, { action, response }: Command): Map<number, SettingResult> {
  const ofKey = (response as { status?: unknown } | null)?.status;
  const statuses = setStatuses(response);
  return new Map(
    wantedOf(job, job.sending).map(({ at, name, attribute }) => {
      const key = attributeKey({ ...wireNames(name), attributeType: attribute });
      return [at, settingResult(action === 'ChangeConfiguration' ? ofKey : statuses.get(key))];
    }),
  );
}
