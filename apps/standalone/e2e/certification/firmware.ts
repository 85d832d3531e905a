import type { ForeignStation } from '@voltbus/testing';
import { asked, shown, type RequestView } from './station-requests';
import type { World } from './world';

type Payload = Record<string, unknown>;

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

/** The operator sees the update so. */
export function updateShown(world: World, id: string, state: string, reason: string | null = null): Promise<RequestView> {
  return shown(world, `/v1/firmware-updates/${id}`, state, reason);
}
