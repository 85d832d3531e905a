import type { Place } from '@voltbus/database';
import type { TokenTraces } from '@voltbus/service';
import { ENOUGH_ROWS, MAX_STEPS } from './limits';

/** Where an export goes on: in which of the services, and where in its tables. */
export interface ExportPlace {
  service: number;
  place: Place | null;
}

/** A row of a table that names the token. */
export interface ExportedRow {
  service: string;
  table: string;
  row: object;
}

export type ServiceTraces = readonly (readonly [service: string, traces: TokenTraces])[];

/** Some of what all services have of a token, and where to go on; null: that was all. */
export async function exportedPage(
  services: ServiceTraces,
  token: { tenant: string; idToken: string },
  from: ExportPlace,
): Promise<{ rows: ExportedRow[]; next: ExportPlace | null }> {
  const rows: ExportedRow[] = [];
  let at = from;
  for (let steps = 0; steps < MAX_STEPS && rows.length < ENOUGH_ROWS; steps++) {
    const [service, traces] = services[at.service] ?? [];
    if (service === undefined || traces === undefined) return { rows, next: null };
    const { rows: found, next } = await traces.read(token, at.place);
    rows.push(...found.map((one) => ({ service, ...one })));
    at = next === null ? { service: at.service + 1, place: null } : { service: at.service, place: next };
  }
  return { rows, next: at };
}
