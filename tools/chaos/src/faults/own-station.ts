import { administratorOf, type FleetTarget } from '@voltbus/soak';
import type { Target } from '@voltbus/virtual-station';

const PASSWORD = 'a password of chaos';

/** Registers a station of the fault's own, and returns how it connects. */
export async function ownStation(target: FleetTarget, identity: string): Promise<Target> {
  const answer = await fetch(`${target.apiUrl}/v1/stations/${identity}`, {
    method: 'PUT',
    headers: { ...administratorOf(target), 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`PUT station ${identity}: ${answer.status} ${await answer.text()}`);
  return { url: target.ocppUrl, identity, protocol: 'ocpp1.6', password: PASSWORD };
}
