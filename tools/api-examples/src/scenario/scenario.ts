import { recordAlerts, recordAvailability, recordMonitors, recordUptime } from './availability';
import { recordCampaign } from './campaigns';
import { recordCertificates, recordInstalledCertificates } from './certificates';
import { recordDeadLetters } from './dead-letters';
import { recordFirmware } from './firmware';
import { recordLogs, recordResets } from './logs';
import { recordApiKeys, recordTariffs, recordTenant } from './prices-and-tenant';
import { recordPasswords } from './passwords';
import { recordPersonalData } from './personal-data';
import { recordProblems } from './problems';
import type { RecordedSystem } from './recorded-system';
import { recordDisplay, recordReservations } from './reservations-and-display';
import { recordSessions } from './sessions';
import { recordStation, recordStations } from './stations';
import { recordImports, recordTokens } from './tokens-and-imports';
import { recordCharging } from './transactions-and-cdrs';
import { recordConfiguration, recordQuirks, recordVariables } from './variables';
import { recordDeliveries, recordWebhook } from './webhooks';

/** Uses every operation of the API once, as an operator would: a tenant from its making to its CDRs. */
export async function playScenario(system: RecordedSystem): Promise<void> {
  const client = await recordTenant(system);
  await recordTariffs(client);
  await recordApiKeys(client);
  await recordSessions(system);
  await recordWebhook(client, system);
  const station = await recordStation(client, system);
  try {
    await recordTokens(client);
    await recordStations(client);
    await recordVariables(client, station);
    await recordConfiguration(client);
    await recordQuirks(client);
    await recordAvailability(client, station);
    await recordMonitors(client, station);
    await recordAlerts(client, station);
    await recordUptime(client);
    await recordPasswords(client, system);
    await recordFirmware(client, station);
    await recordCampaign(client, system);
    await recordLogs(client, station, system);
    await recordResets(client, station);
    await recordPersonalData(client, station);
    await recordCertificates(client, station, system);
    await recordInstalledCertificates(client, station, system);
    await recordReservations(client, station);
    await recordDisplay(client, station);
    await recordCharging(client, station, system);
    await recordDeliveries(client, system);
    await recordDeadLetters(system, station);
  } finally {
    station.close();
  }
  await recordImports(client);
  await recordProblems(client, system);
  await client.record('get', '/v1/audit-log', { query: { method: ['PATCH'], limit: 1 } });
  await recordExports(client, system);
}

async function recordExports({ api }: Awaited<ReturnType<typeof recordTenant>>, { recorder }: RecordedSystem): Promise<void> {
  const changes = { method: ['PATCH'] as 'PATCH'[] };
  const firstLine = async (lines: AsyncIterator<object>) => ({
    status: 200,
    type: 'application/x-ndjson',
    value: (await lines.next()).value as object,
  });
  const audit = await firstLine(api.export('/v1/audit-log/export', changes));
  recorder.add('get', '/v1/audit-log/export', { query: changes, answer: audit });
  const urgent = { severity: ['critical'] as 'critical'[] };
  const security = await firstLine(api.export('/v1/security-events/export', urgent));
  recorder.add('get', '/v1/security-events/export', { query: urgent, answer: security });
  const alerting = { trigger: ['Alerting'] as 'Alerting'[] };
  const events = await firstLine(api.export('/v1/device-events/export', alerting));
  recorder.add('get', '/v1/device-events/export', { query: alerting, answer: events });
}
