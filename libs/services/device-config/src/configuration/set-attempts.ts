import { isCrowdedOut, type Command } from '@voltbus/contracts';
import {
  attributeId,
  attributeKey,
  attributeType,
  endOf,
  nameFor,
  nameOf,
  setStatuses,
  settingResult,
  type SettingResult,
} from '../device-model';
import type { Attempt } from './domain/wanted';

interface SetVariable {
  attributeType?: unknown;
  attributeValue: string;
  component: { name: string };
  variable: { name: string };
}

/** What came of the values that a command of a check has set. */
export function attemptsOf(command: Command, firmware: string): Attempt[] {
  const { action, payload, response } = command;
  const attempt = (id: string, value: string, status: unknown): Attempt => {
    const result = resultOf(command, status);
    return { id, value, result, firmware, tries: UNANSWERED.has(result) ? 1 : 0, at: endOf(command) };
  };
  if (action === 'ChangeConfiguration') {
    const { key, value } = payload as { key: string; value: string }; // our own command
    const name = nameFor('ocpp1.6', { key });
    return name === null ? [] : [attempt(attributeId(name, 'Actual'), value, (response as { status?: unknown } | null)?.status)];
  }
  const statuses = setStatuses(response);
  return (payload['setVariableData'] as SetVariable[]).flatMap((set) => {
    const [name, type] = [nameOf(set), attributeType(set.attributeType)];
    return name === null || type === null ? [] : [attempt(attributeId(name, type), set.attributeValue, statuses.get(attributeKey(set)))];
  });
}

const UNANSWERED: ReadonlySet<SettingResult> = new Set(['not-answered', 'offline']);

function resultOf(command: Command, answer: unknown): SettingResult {
  const { status } = command;
  if (status === 'answered') return settingResult(answer);
  if (status === 'error') return isCrowdedOut(command) ? 'not-sent' : 'rejected';
  return status === 'offline' ? 'offline' : 'not-answered';
}
