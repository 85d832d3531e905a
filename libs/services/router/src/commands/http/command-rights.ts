import { ofItem, type Permission } from '@voltbus/http';
import type { TypeormCommands } from '../store/typeorm-commands';

/**
 * Actions that operate a station and leave it as it is set up, in lower case. Every other one changes its configuration, firmware, keys or certificates,
 * has it send files somewhere, or may do anything (DataTransfer).
 */
const OPERATING: ReadonlySet<string> = new Set(
  [
    ...['Reset', 'UnlockConnector', 'ChangeAvailability', 'TriggerMessage', 'ExtendedTriggerMessage', 'ClearCache'],
    ...['RemoteStartTransaction', 'RemoteStopTransaction', 'RequestStartTransaction', 'RequestStopTransaction', 'GetTransactionStatus'],
    ...['ReserveNow', 'CancelReservation', 'CostUpdated', 'SetDisplayMessage', 'ClearDisplayMessage', 'GetDisplayMessages'],
    ...['SetChargingProfile', 'ClearChargingProfile', 'GetChargingProfiles', 'GetCompositeSchedule'],
    ...['GetConfiguration', 'GetVariables', 'GetReport', 'GetBaseReport', 'GetLocalListVersion', 'SendLocalList'],
  ].map((action) => action.toLowerCase()),
);

/** The further permission that a command of this action needs. `body` is as it was sent: what is no action is refused by the route. */
export function neededForAction(body: unknown): Permission | null {
  const action = (body as { action?: unknown } | null | undefined)?.action;
  return typeof action === 'string' && !OPERATING.has(action.toLowerCase()) ? 'configuration:write' : null;
}

/** About the command whose id the path names. */
export const OF_COMMAND = ofItem<{ commands: Pick<TypeormCommands, 'find'> }>('command', ({ commands }, tenant, id) =>
  commands.find(tenant, id),
);
