import { eventually, type ForeignStation } from '@voltbus/testing';
import { nextCall } from './next-call';
import type { World } from './world';

type Payload = Record<string, unknown>;

/** What an operator has asked a station for, and follows: a firmware update or publication, a log, customer information, or a reset. */
export interface RequestView {
  id: string;
  requestId: number;
  state: string;
  reason: string | null;
  statuses: { status: string }[];
}

interface Asking {
  /** Of the stations, to which the operator posts it. */
  path: 'firmware-updates' | 'firmware-publications' | 'logs' | 'customer-information' | 'resets';
  body: Payload;
  /** What the station is to get, and answers so. */
  action: string;
  response: Payload;
}

/** The operator asks the station; what the station got. */
export async function asked(world: World, station: ForeignStation, { path, body: wanted, action, response }: Asking) {
  const called = nextCall(station, action, response);
  const { status, body } = await world.api.post<RequestView>(`/v1/stations/${station.options.station}/${path}`, wanted);
  expect(status).toBe(202);
  return { id: body.id, requestId: body.requestId, action, payload: await called() };
}

/** The operator sees it so. */
export async function shown<View extends RequestView>(world: World, path: string, state: string, reason: string | null): Promise<View> {
  const { body } = await eventually(
    () => world.api.get<View>(path),
    ({ body }) => body.state === state,
  );
  expect(body.reason).toBe(reason);
  return body;
}

/** The station reports these statuses, and each is answered. */
export async function reportStatuses(
  station: ForeignStation,
  action: string,
  statuses: readonly string[],
  more: Payload = {},
): Promise<void> {
  for (const status of statuses) expect(await station.call(action, { status, ...more })).toEqual({});
}
