import { eventually, type ForeignStation } from '@voltbus/testing';
import type { World } from './world';

type Payload = Record<string, unknown>;

interface UpdateView {
  id: string;
  requestId: number;
  state: string;
  reason: string | null;
  statuses: { status: string }[];
}

export const SIGNED = {
  signature: 'c2lnbmVk',
  signingCertificate: '-----BEGIN CERTIFICATE-----\nc2lnbmVy\n-----END CERTIFICATE-----',
};
const IMAGES: Readonly<Record<string, Payload>> = {
  plain: { url: 'https://files.example/cert.bin' },
  signed: { url: 'https://files.example/cert.bin', ...SIGNED },
  versioned: { url: 'https://files.example/cert.bin', firmwareVersion: 'cert-2.0', ...SIGNED },
};

/** The operator updates the firmware of the station; what the station got. */
export async function update(
  world: World,
  station: ForeignStation,
  { image, response, ...options }: Payload & { image: string; response: Payload },
) {
  await world.api.put(`/v1/firmware-images/cert-${image}`, { vendor: null, ...IMAGES[image] });
  const action = station.options.protocol === 'ocpp1.6' && image !== 'plain' ? 'SignedUpdateFirmware' : 'UpdateFirmware';
  station.answer(action, () => response);
  const calls = () => station.received.filter((call) => call.action === action);
  const before = calls().length;
  const path = `/v1/stations/${station.options.station}/firmware-updates`;
  const { status, body } = await world.api.post<UpdateView>(path, { image: `cert-${image}`, ...options });
  expect(status).toBe(202);
  await eventually(
    () => Promise.resolve(calls().length),
    (count) => count > before,
  );
  return { id: body.id, requestId: body.requestId, action, payload: calls().at(-1)?.payload as Payload };
}

/** The operator sees the update so. */
export async function updateShown(world: World, id: string, state: string, reason: string | null = null): Promise<UpdateView> {
  const { body } = await eventually(
    () => world.api.get<UpdateView>(`/v1/firmware-updates/${id}`),
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
