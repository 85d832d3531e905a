import type { StationRef } from '@voltbus/contracts';
import { isSecretName, redactText } from '@voltbus/ocpp';
import type { StationAllowance } from '@voltbus/service';
import { mergeVariable, type Secrecy, type Source } from './domain/merge-variable';
import type { Observation } from './domain/observation';
import { variableId, type StoredVariable } from './domain/variable';
import { MAX_VARIABLES } from './limits';
import type { DeviceModelUnit, ModelStation, RecordedChange, TypeormDeviceModel } from './store/typeorm-device-model';

/** Where values come from. */
interface Origin {
  source: Source;
  at: Date;
  command?: string;
  /** Id of an API key, `administrator`, or the name of a profile. */
  actor?: string | null;
}

interface DeviceModelParts {
  store: TypeormDeviceModel;
  /** Changes of values that a station may make. */
  allowance: Pick<StationAllowance, 'within'>;
}

const SECRECY: Secrecy = {
  isSecret: ({ variable, key, component }) => [variable, key ?? '', component ?? ''].some(isSecretName),
  withoutSecrets: (value) => redactText(value),
};

/** What is known of the variables of stations, whatever the version of OCPP. */
export class DeviceModel {
  constructor(private readonly parts: DeviceModelParts) {}

  /** Stores what stations show of their variables. Nothing is stored of a station that does not exist any more. */
  async observe(ref: StationRef, observations: readonly Observation[], origin: Origin): Promise<void> {
    if (observations.length === 0) return;
    await this.parts.store.inStation(ref, (unit, station) => this.record(ref, unit, station, { observations, origin }));
  }

  /** The same within a transaction of the station. Returns how many variables were not kept, because the station has too many. */
  async record(
    ref: StationRef,
    unit: DeviceModelUnit,
    { bootedAt }: ModelStation,
    { observations, origin }: { observations: readonly Observation[]; origin: Origin },
  ): Promise<number> {
    const known = new Map((await unit.variables(observations.map(({ name }) => variableId(name)))).map((one) => [one.id, one]));
    const when = { at: origin.at.getTime(), bootedAt: bootedAt?.getTime() ?? null };
    const merged = new Map<string, StoredVariable>();
    const changes: RecordedChange[] = [];
    let room = await roomFor(observations, known, unit);
    let notKept = 0;
    for (const observation of observations.filter(({ gone }) => gone !== true)) {
      const id = variableId(observation.name);
      const before = merged.get(id) ?? known.get(id) ?? null;
      if (before === null && room-- <= 0) notKept++;
      else {
        const { variable, changes: changed } = mergeVariable(before, observation, when, SECRECY);
        merged.set(id, variable);
        changes.push(
          ...changed.map((change) => ({ ...change, ...recorded(variable, origin) })),
          ...pendingChanges(variable, before, observation, origin),
        );
      }
    }
    await unit.write([...merged.values()], origin.at);
    await unit.removeHistory(
      [...merged.values()].filter(({ id, secret }) => secret && known.get(id)?.secret === false).map(({ id }) => id),
    );
    const gone = observations
      .filter((one) => one.gone === true)
      .map(({ name }) => variableId(name))
      .filter((id) => !merged.has(id));
    if (gone.length > 0) changes.push(...removals(await unit.remove(gone), origin));
    await this.addHistory(ref, unit, changes);
    return notKept;
  }

  /** A full report has not named these variables: the station does not have them any more. */
  async removeReportedBefore(ref: StationRef, unit: DeviceModelUnit, instant: Date, origin: Origin): Promise<void> {
    await this.addHistory(ref, unit, removals(await unit.removeReportedBefore(instant), origin));
  }

  private addHistory(ref: StationRef, unit: DeviceModelUnit, changes: readonly RecordedChange[]): Promise<void> {
    return unit.addChanges(this.parts.allowance.within(changes.map((change) => ({ ref, change }))).map(({ change }) => change));
  }
}

async function roomFor(observations: readonly Observation[], known: ReadonlyMap<string, unknown>, unit: DeviceModelUnit): Promise<number> {
  const hasNew = observations.some(({ name, gone }) => gone !== true && !known.has(variableId(name)));
  return hasNew ? MAX_VARIABLES - (await unit.count()) : 0;
}

function recorded(
  variable: StoredVariable,
  { source, at, command, actor }: Origin,
): Omit<RecordedChange, 'attribute' | 'before' | 'after'> {
  return { variable, source, at, command: command ?? null, actor: actor ?? null, rebootRequired: false };
}

/** A value that is used after the next boot is in the history when it is set. */
function pendingChanges(
  variable: StoredVariable,
  before: StoredVariable | null,
  { attributes }: Observation,
  origin: Origin,
): RecordedChange[] {
  if (variable.secret) return [];
  return attributes
    .filter(({ type, pending }) => pending === true && isNew(variable.attributes[type]?.pending, before?.attributes[type]?.pending, origin))
    .map(({ type, value = null }) => {
      const change = { attribute: type, before: before?.attributes[type]?.value ?? null, after: value };
      return { ...recorded(variable, origin), ...change, rebootRequired: true };
    });
}

/** The same result may come twice. */
function isNew(pending: { at: number } | undefined, before: { at: number } | undefined, { at }: Origin): boolean {
  return pending?.at === at.getTime() && before?.at !== pending.at;
}

function removals(removed: readonly StoredVariable[], origin: Origin): RecordedChange[] {
  return removed.flatMap((variable) => {
    const { value = null } = variable.attributes.Actual ?? {};
    return { ...recorded(variable, origin), attribute: 'Actual' as const, before: value, after: null };
  });
}
