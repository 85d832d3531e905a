import { boot, type ForeignStation, type ProtocolName } from '@voltbus/testing';
import { nextCall } from './next-call';
import type { StationPki } from './station-pki';
import type { World } from './world';

type Payload = Record<string, unknown>;

/** A station that connects over TLS by a certificate, is asked to renew one, and asks for it. */
interface Renewing {
  station: ForeignStation;
  name: string;
  /** The message that the station got. */
  triggered: Payload;
  /** The CertificateSigned that it got, which it has answered so. */
  given: Payload;
  /** Its new private key. */
  key: string;
}

interface RenewalPlan {
  protocol: ProtocolName;
  kind: string;
  /** What the station asks with, beside its request. */
  asks: Payload;
  answers: 'Accepted' | 'Rejected';
}

/** Has a station renew a certificate, up to its answer. */
export async function renewing(world: World, pki: StationPki, { protocol, kind, asks, answers }: RenewalPlan): Promise<Renewing> {
  const name = await world.registered({ securityProfile: 3, password: null });
  const station = await world.connect(protocol, name, await pki.certified(name));
  const trigger = protocol === 'ocpp1.6' ? 'ExtendedTriggerMessage' : 'TriggerMessage';
  const triggered = nextCall(station, trigger, { status: 'Accepted' });
  const given = nextCall(station, 'CertificateSigned', { status: answers });
  expect(await boot(station)).toMatchObject({ status: 'Accepted' });
  expect(await world.api.post(`/v1/stations/${name}/certificate-renewal`, { kind })).toMatchObject({ status: 202 });
  const message = await triggered();
  const { csr, key } = pki.request(name);
  expect(await station.call('SignCertificate', { csr, ...asks })).toEqual({ status: 'Accepted' });
  return { station, name, triggered: message, given: await given(), key };
}
