import type { Protocol } from '@voltbus/contracts';
import {
  LONGEST_SET_VALUE,
  attributeId,
  isReadOnly,
  nameFor,
  type AttributeType,
  type SettingResult,
  type StoredVariable,
  type VariableName,
} from '../../device-model';
import { DRIFT_MS, MAX_TRIES } from '../limits';
import { matches, type DescribedStation } from '../../stations/station-filter';
import { byPriority, type Mode, type Profile, type ProfileValue } from './profile';
import { isSameValue } from './same-value';

export const ITEM_STATES = ['in-sync', 'pending', 'reboot-required', 'drifted', 'rejected', 'failed'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** A value that a station shall have. */
export interface WantedItem {
  /** Id of the variable and attribute. */
  id: string;
  name: VariableName;
  attribute: AttributeType;
  value: string;
  /** The profile; null: the station's own. */
  profile: string | null;
  mode: Mode;
}

/** What came of the last set of an item. */
export interface Attempt {
  id: string;
  value: string;
  result: SettingResult;
  /** The firmware of the station then: another one may accept what this one rejected. */
  firmware: string;
  /** Sets in a row that were not answered. */
  tries: number;
  at: Date;
}

interface Wanting {
  protocol: Protocol;
  station: DescribedStation;
  profiles: readonly Profile[];
  own: readonly ProfileValue[];
}

/** The values that a station shall have: its own, then those of the profiles that it meets, by priority. Variables that its version has no name for are left out. */
export function wantedOf({ protocol, station, profiles, own }: Wanting): WantedItem[] {
  const meant = byPriority(profiles.filter((profile) => profile.mode !== 'off' && matches(profile, station)));
  const sources = [{ profile: null, mode: 'apply' as const, values: own }, ...meant];
  const items = new Map<string, WantedItem>();
  for (const { profile, mode, values } of sources)
    for (const value of values) {
      const item = itemOf(protocol, value, { profile, mode });
      if (item !== null && !items.has(item.id)) items.set(item.id, item);
    }
  return [...items.values()];
}

/** Where a value stands, by what the station shows and what came of the last set. */
export function stateOf(
  { name, value, attribute }: WantedItem,
  known: StoredVariable | null,
  attempt: Attempt | null,
  firmware: string,
): ItemState {
  const { value: actual = null, pending } = known?.attributes[attribute] ?? {};
  const described = { variable: name.variable, dataType: known?.characteristics?.dataType ?? null };
  if (actual !== null && isSameValue(actual, value, described)) return 'in-sync';
  if (pending !== undefined && pending.value !== null && isSameValue(pending.value, value, described)) return 'reboot-required';
  if (known !== null && isReadOnly(known, attribute)) return 'rejected';
  if (attempt === null || attempt.value !== value) return 'pending';
  if (attempt.result === 'accepted') return known?.secret === true ? 'in-sync' : 'drifted'; // a write-only value cannot be compared
  if (attempt.result === 'reboot-required') return actual === null ? 'reboot-required' : 'drifted';
  if (attempt.firmware !== firmware) return 'pending';
  if (UNANSWERED.has(attempt.result)) return attempt.tries < MAX_TRIES ? 'pending' : 'failed';
  return 'rejected';
}

/** Whether a check of the station sets the value. One that drifted soon after it was set waits: some stations reboot at every change. */
export function isToBeSet({ mode }: WantedItem, state: ItemState, attempt: Attempt | null, now: Date): boolean {
  if (mode !== 'apply') return false;
  return state === 'pending' || (state === 'drifted' && (attempt === null || now.getTime() - attempt.at.getTime() >= DRIFT_MS));
}

/** The state of a station is the worst one of its values; null: it shall have none. */
export function worstOf(states: readonly ItemState[]): ItemState | null {
  return WORST_FIRST.find((state) => states.includes(state)) ?? null;
}

const WORST_FIRST: readonly ItemState[] = ['failed', 'rejected', 'drifted', 'pending', 'reboot-required', 'in-sync'];
const UNANSWERED: ReadonlySet<SettingResult> = new Set(['not-answered', 'offline', 'not-sent', 'pending']);

function itemOf(
  protocol: Protocol,
  { attribute, value, ...given }: ProfileValue,
  from: Pick<WantedItem, 'profile' | 'mode'>,
): WantedItem | null {
  const name = nameFor(protocol, given);
  if (name === null || value.length > LONGEST_SET_VALUE[protocol] || (protocol === 'ocpp1.6' && attribute !== 'Actual')) return null;
  return { id: attributeId(name, attribute), name, attribute, value, ...from };
}
