import { renewing } from '../renewing';
import { ORGANIZATION, type StationPki } from '../station-pki';
import { upgrade } from '../upgrade';
import type { World } from '../world';

/** The security whitepaper: new certificates of stations (A02), asked for over TLS. */
export function certificates(world: () => World, pki: () => StationPki): void {
  it('TC_074_CSMS gives a station a new certificate when the operator wants it, and lets it in by that', async () => {
    const { station, name, triggered, given, key } = await renewing(world(), pki(), {
      ...{ protocol: 'ocpp1.6', kind: 'ChargingStationCertificate', asks: {}, answers: 'Accepted' },
    });
    expect(triggered).toEqual({ requestedMessage: 'SignChargePointCertificate' });
    const { certificateChain, ...rest } = given as { certificateChain: string };
    expect(rest).toEqual({});
    expect(pki().verified(certificateChain)).toBe(`subject=CN=${name},O=${ORGANIZATION}`);
    await station.close();
    expect(await upgrade(`${world().tlsUrl}/${name}`, ['ocpp1.6'], null, null, pki().by(certificateChain, key))).toBe('ocpp1.6');
    expect(await world().certificateRequest(name, 'in-use')).toMatchObject({ kind: 'ChargingStationCertificate', reason: null });
  });

  it('TC_077_CSMS shows that a station refuses its new certificate, as security events too', async () => {
    const { station, name } = await renewing(world(), pki(), {
      ...{ protocol: 'ocpp1.6', kind: 'ChargingStationCertificate', asks: {}, answers: 'Rejected' },
    });
    const event = { type: 'InvalidChargePointCertificate', timestamp: new Date().toISOString() };
    expect(await station.call('SecurityEventNotification', event)).toEqual({});
    expect(await world().certificateRequest(name, 'rejected')).toMatchObject({ reason: 'the station answered Rejected' });
    expect(await world().securityEvents(name, 2)).toEqual(['InvalidChargePointCertificate', 'certificate-rejected']);
  });
}
