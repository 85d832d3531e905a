import { eventually, type ForeignStation } from '@voltbus/testing';
import { nextCall } from './next-call';
import { asked, shown, type RequestView } from './station-requests';
import type { World } from './world';

type Payload = Record<string, unknown>;

export const CHECKSUM = '0123456789abcdef0123456789abcdef';
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
  return asked(world, station, { path: 'firmware-updates', body: { image: `cert-${image}`, ...options }, action, response });
}

/** The operator has a local controller publish a firmware; what that got. */
export async function publish(world: World, station: ForeignStation, response: Payload) {
  await world.api.put('/v1/firmware-images/cert-plain', { vendor: null, ...IMAGES['plain'] });
  const body = { image: 'cert-plain', checksum: CHECKSUM };
  return asked(world, station, { path: 'firmware-publications', body, action: 'PublishFirmware', response });
}

/** The operator has it offer the firmware no more; what that got, and how the operator sees it then. */
export async function unpublish(world: World, station: ForeignStation, id: string, response: Payload) {
  const called = nextCall(station, 'UnpublishFirmware', response);
  await world.api.post(`/v1/firmware-publications/${id}/unpublish`, {});
  const payload = await called();
  const { body } = await eventually(
    () =>
      world.api.get<{ unpublication: { state: string; reason: string | null; endedAt: string | null } }>(`/v1/firmware-publications/${id}`),
    (reply) => reply.body.unpublication.endedAt !== null,
  );
  return { payload, unpublication: body.unpublication };
}

/** The operator sees the publication so. */
export function publicationShown(world: World, id: string, state: string, reason: string | null = null) {
  return shown<RequestView & { locations: string[] }>(world, `/v1/firmware-publications/${id}`, state, reason);
}

/** The operator sees the update so. */
export function updateShown(world: World, id: string, state: string, reason: string | null = null): Promise<RequestView> {
  return shown(world, `/v1/firmware-updates/${id}`, state, reason);
}
