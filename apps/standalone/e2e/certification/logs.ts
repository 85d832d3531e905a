import type { ForeignStation } from '@voltbus/testing';
import { asked, shown, type RequestView } from './station-requests';
import { UPLOAD_URL, type World } from './world';

type Payload = Record<string, unknown>;

interface LogView extends RequestView {
  file: { name: string; sizeBytes: number } | null;
}

/** The operator asks the station for a log; what the station got, and where it uploads. */
export async function askForLog(world: World, station: ForeignStation, { response, ...body }: Payload & { response: Payload }) {
  const action = station.options.protocol === 'ocpp1.6' && body['type'] !== 'SecurityLog' ? 'GetDiagnostics' : 'GetLog';
  const call = await asked(world, station, { path: 'logs', body, action, response });
  const payload = call.payload as Payload & { location?: string; log?: { remoteLocation: string } };
  const location = payload.location ?? payload.log?.remoteLocation ?? '';
  return { ...call, location, address: location.replace(UPLOAD_URL, world.apiUrl) };
}

/** The station uploads a file of its log. */
export async function upload(address: string, method: 'PUT' | 'POST' = 'PUT'): Promise<number> {
  return (await fetch(`${address}log.zip`, { method, body: 'an entry\n', redirect: 'error' })).status;
}

/** The operator sees the log so. */
export function logShown(world: World, id: string, state: string, reason: string | null = null): Promise<LogView> {
  return shown(world, `/v1/logs/${id}`, state, reason);
}
