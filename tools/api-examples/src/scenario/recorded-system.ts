import type { RecordingClient, Recorder } from '../recorder';

/** What the parts of the scenario share. */
export interface RecordedSystem {
  recorder: Recorder;
  ocppUrl: string;
  databaseUrl: string;
  began: Date;
  /** For files of the scenario; it goes. */
  folder: string;
  /** Where webhooks are received. */
  receiverUrl: string;
  /** The administrator, for the tenant of the scenario. */
  admin: RecordingClient;
  adminKey: string;
}

export const TENANT = 'acme';
export const STATION = 'DEPOT-7';
export const TOKEN = '04A1B2C3D4E5F6';
const MINUTE_MS = 60_000;

/** So many minutes before the scenario began, as ISO 8601. */
export function minutesBefore(began: Date, minutes: number): string {
  return new Date(began.getTime() - minutes * MINUTE_MS).toISOString();
}
