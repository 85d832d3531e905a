import type { Command } from '@voltbus/contracts';
import { attributeKey, attributeType, nameFor, nameOf, setStatuses, settingResult, type SettingResult } from '../device-model';
import { itemId, type Attempt } from './domain/wanted';

interface SetVariable {
  attributeType?: unknown;
  attributeValue: string;
  component: { name: string };
  variable: { name: string };
}

/** What came of the values that a command of a check has set. */
export function attemptsOf(command: Command, firmware: string): Attempt[] {
  const { action, payload, endedAt, createdAt, response } = command;
  const attempt = (id: string, value: string, status: unknown): Attempt => {
    const result = resultOf(command, status);
    return { id, value, result, firmware, tries: UNANSWERED.has(result) ? 1 : 0, at: new Date(endedAt ?? createdAt) };
  };
  if (action === 'ChangeConfiguration') {
    const { key, value } = payload as { key: string; value: string }; // our own command
    const name = nameFor('ocpp1.6', { key });
    return name === null ? [] : [attempt(itemId(name, 'Actual'), value, (response as { status?: unknown } | null)?.status)];
  }
  const statuses = setStatuses(response);
  return (payload['setVariableData'] as SetVariable[]).flatMap((set) => {
    const [name, type] = [nameOf(set), attributeType(set.attributeType)];
    return name === null || type === null ? [] : [attempt(itemId(name, type), set.attributeValue, statuses.get(attributeKey(set)))];
  });
}

const UNANSWERED: ReadonlySet<SettingResult> = new Set(['not-answered', 'offline']);

function resultOf({ status }: Command, answer: unknown): SettingResult {
  if (status === 'answered') return settingResult(answer);
  if (status === 'error') return 'rejected';
  return status === 'offline' ? 'offline' : 'not-answered';
}
