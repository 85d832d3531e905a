import type { Cdr } from '@voltbus/contracts';
import { eventually, type ForeignStation } from '@voltbus/testing';
import { PERSONALITIES, VirtualStation, dialWebSocket, seededRandom, type Session } from '@voltbus/virtual-station';
import { EMAID, type ContractPki } from '../contract-pki';
import { PASSWORD, type World } from '../world';

const VENDOR = 'org.openchargealliance.iso15118pnc';
const CHARGING_SECONDS = 1;

/** Plug & Charge in DataTransfer (quirk 79): an application note of the alliance, which no certification list has. */
export function contracts(world: () => World, pki: () => ContractPki): void {
  const transfer = (station: ForeignStation, messageId: string, data: object) =>
    station.call<{ status: string; data?: string }>('DataTransfer', { vendorId: VENDOR, messageId, data: JSON.stringify(data) });

  it('charges a car whose contract a station asks about in DataTransfer, and bills it (quirk 79)', async () => {
    const contract = await pki().contract('good');
    const station = await world().registered();
    const session = await charged(station, contract.pem + pki().sub.pem);
    expect(session?.acknowledged).toMatchObject({ start: true, end: true });
    const { body } = await eventually(
      () => world().api.get<{ items: Cdr[] }>(`/v1/cdrs?station=${station}`),
      ({ body }) => body.items.length > 0,
    );
    const energyWh = (session?.endWh ?? 0) - (session?.startWh ?? 0);
    expect(body.items).toMatchObject([{ idToken: EMAID, kind: 'charge', energyWh, flags: [] }]);
  });

  it('refuses a contract that was revoked, and answers functions that it lacks as unsupported (quirk 79)', async () => {
    const station = await world().booted('ocpp1.6');
    const contract = await pki().contract('revoked');
    const iso15118CertificateHashData = [contract.hashData(pki().responder.url)];
    const answer = await transfer(station, 'Authorize', { idToken: EMAID, iso15118CertificateHashData });
    expect(answer.status).toBe('Accepted');
    expect(JSON.parse(answer.data ?? '')).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertificateRevoked' });
    expect(await transfer(station, 'SignCertificate', { csr: 'CSR' })).toEqual({ status: 'UnknownMessageId' });
  });

  /** By a station of the simulator: null where it was not let. */
  async function charged(identity: string, certificate: string): Promise<Session | null> {
    const personality = PERSONALITIES.find(({ name }) => name === 'plug-and-charge');
    if (personality === undefined) throw new Error('no station asks like that');
    const station = new VirtualStation({
      target: { url: world().url, identity, protocol: 'ocpp1.6', password: PASSWORD },
      random: seededRandom(1),
      dial: dialWebSocket,
      personality: { ...personality, contract: { certificate } },
    });
    station.start();
    await station.whenReady();
    const session = await station.charge({ idToken: EMAID, seconds: CHARGING_SECONDS, readEverySeconds: CHARGING_SECONDS / 2 });
    await station.stop(10_000);
    return session;
  }
}
