import { eventually, type ForeignStation } from '@voltbus/testing';
import { nextCall } from './next-call';
import type { World } from './world';

type Payload = Record<string, unknown>;

/** The operator replaces the password of the station, which answers so; the only call that sets it. */
export async function rotate(world: World, station: ForeignStation, action: string, answer: Payload): Promise<Payload> {
  const called = nextCall(station, action, answer);
  const { status, body } = await world.api.post(pathOf(station), {});
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
  const payload = await called();
  expect(station.received.filter((call) => call.action === action)).toHaveLength(1);
  return payload;
}

export async function rotationIs(world: World, station: ForeignStation, state: string): Promise<void> {
  await eventually(
    () => world.api.get<{ state: string }>(pathOf(station)),
    ({ body }) => body.state === state,
  );
}

function pathOf({ options }: ForeignStation): string {
  return `/v1/stations/${options.station}/password-rotation`;
}
