import { prepared } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import type { MeterHistory } from '../domain/transaction-summary';
import type { TransactionState } from '../domain/transaction';
import { type ReadingScope, type StatePoint, statesOf, type TypeormConnectorStates, type TypeormReadings } from '../../metering';
import * as statements from './typeorm-transaction-statements';

interface CourseStores {
  readings: TypeormReadings;
  connectorStates: TypeormConnectorStates;
}

/** Loads the meter history of a transaction: readings, charging states, signed data. */
export async function meterHistoryOf(
  manager: EntityManager,
  stores: CourseStores,
  state: TransactionState,
  scope: ReadingScope,
): Promise<MeterHistory> {
  const which = [state.tenant, state.station, state.reference];
  const points = await stores.readings.points(manager, scope);
  const reported = await prepared<{ at: Date; charging: boolean }>(manager, statements.STATES, which);
  const signed = await stores.readings.signed(manager, scope);
  const [gaps] = await prepared<{ missing: number | null }>(manager, statements.MISSING, which);
  const events = inTime(reported.map(({ at, charging }) => ({ at: at.getTime(), charging })));
  const states = events.length > 0 ? events : await ofConnector(manager, stores, state, scope);
  const unreadable = state.end !== null && (await stores.readings.hasUnreadable(manager, scope)); // only the ended are flagged
  return { points, states, signed, missingReports: gaps?.missing ?? 0, unreadable };
}

/** 1.6: the states that its connector was reported in. */
async function ofConnector(
  manager: EntityManager,
  stores: CourseStores,
  state: TransactionState,
  { evse, to }: ReadingScope,
): Promise<StatePoint[]> {
  if (evse === null) return [];
  const from = state.start.at;
  return statesOf(await stores.connectorStates.ofSession(manager, state, { evse, from, to }), from);
}

/** The station's order counts; a clock that was set back in between does not turn time round. */
function inTime(states: readonly StatePoint[]): StatePoint[] {
  let latest = -Infinity;
  return states.map(({ at, charging }) => ({ at: (latest = Math.max(latest, at)), charging }));
}
