import { eventually, type ForeignStation } from '@voltbus/testing';
import { UPLOAD_URL, type World } from './world';

type Payload = Record<string, unknown>;

interface LogView {
  id: string;
  requestId: number;
  state: string;
  reason: string | null;
  statuses: { status: string }[];
  file: { name: string; sizeBytes: number } | null;
}

/** The operator asks the station for a log; what the station got, and where it uploads. */
export async function askForLog(world: World, station: ForeignStation, { response, ...asked }: Payload & { response: Payload }) {
  const action = station.options.protocol === 'ocpp1.6' && asked['type'] !== 'SecurityLog' ? 'GetDiagnostics' : 'GetLog';
  station.answer(action, () => response);
  const calls = () => station.received.filter((call) => call.action === action);
  const before = calls().length;
  const { status, body } = await world.api.post<LogView>(`/v1/stations/${station.options.station}/logs`, asked);
  expect(status).toBe(202);
  await eventually(
    () => Promise.resolve(calls().length),
    (count) => count > before,
  );
  const payload = calls().at(-1)?.payload as Payload & { location?: string; log?: { remoteLocation: string } };
  const location = payload.location ?? payload.log?.remoteLocation ?? '';
  return { id: body.id, requestId: body.requestId, action, payload, location, address: location.replace(UPLOAD_URL, world.apiUrl) };
}

/** The station uploads a file of its log. */
export async function upload(address: string, method: 'PUT' | 'POST' = 'PUT'): Promise<number> {
  return (await fetch(`${address}log.zip`, { method, body: 'an entry\n', redirect: 'error' })).status;
}

/** The operator sees the log so. */
export async function logShown(world: World, id: string, state: string, reason: string | null = null): Promise<LogView> {
  const { body } = await eventually(
    () => world.api.get<LogView>(`/v1/logs/${id}`),
    ({ body }) => body.state === state,
  );
  expect(body.reason).toBe(reason);
  return body;
}
