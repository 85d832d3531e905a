import type { Demo, DemoPlace } from '@voltbus/runtime';
import { DemoApi } from './demo-api';
import { DemoFleet, IDLE_STATION } from './demo-fleet';

const TENANT = 'demo';
const TARIFF = {
  currency: 'EUR',
  perKwh: '0.49',
  perMinute: '0',
  perIdleMinute: '0.10',
  idleGraceMinutes: 10,
  fixed: '0.35',
  taxPercent: '19',
};
/** A card for guests, which may charge in several places at once. */
const GUEST_CARD = 'DEMO-GUEST';

/** Sets up a tenant with a tariff and cards, and starts a few stations that charge one short session after the other. */
export async function demo(place: DemoPlace): Promise<Demo> {
  const api = new DemoApi(place, TENANT);
  const fleet = new DemoFleet(`${place.ocppUrl}/${TENANT}`);
  await api.put('/v1/tariffs/day', TARIFF);
  await api.patch(`/v1/tenants/${TENANT}`, { defaultTariff: 'day' });
  for (const card of fleet.cards) await api.put(`/v1/tokens/${card}`, { status: 'Accepted' });
  await api.put(`/v1/tokens/${GUEST_CARD}`, { status: 'Accepted', concurrent: true });
  fleet.start();
  return { instructions: thingsToTry(place), stop: () => fleet.stop() };
}

/** Commands that can be copied into another terminal as they are. */
function thingsToTry({ apiUrl, keyFile, adminKey }: DemoPlace): string[] {
  const key = keyFile === null ? adminKey : `$(cat '${keyFile}')`;
  const curl = (args: string, path: string): string =>
    `curl -sS -H "Authorization: Bearer ${key}" -H 'Voltbus-Tenant: ${TENANT}'${args} '${apiUrl}${path}'`;
  const post = (body: object): string => ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return [
    '',
    `Four stations are running. The whole API: ${apiUrl}/docs. Three things to try in another terminal:`,
    '',
    '  # list the CDRs of the last sessions (the first session ends within half a minute)',
    `  ${curl('', '/v1/cdrs?limit=2')}`,
    '  # start a session remotely, at the one station that is idle',
    `  ${curl(post({ idToken: GUEST_CARD, evse: 1 }), `/v1/stations/${IDLE_STATION}/remote-start`)}`,
    '  # send a command to a station and wait for its answer',
    `  ${curl(post({ action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' }, wait: 10 }), `/v1/stations/${IDLE_STATION}/commands`)}`,
    '',
  ];
}
