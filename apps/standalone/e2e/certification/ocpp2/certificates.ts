import type { ProtocolName } from '@voltbus/testing';
import { renewing } from '../renewing';
import { ORGANIZATION, type StationPki } from '../station-pki';
import { upgrade } from '../upgrade';
import type { World } from '../world';

/** Block A: new certificates of stations (A02), asked for over TLS. */
export function certificates(world: () => World, pki: () => StationPki, protocol: ProtocolName): void {
  const subjectOf = (name: string) => `CN=${name},O=${ORGANIZATION}`;

  it('TC_A_11_CSMS gives a station a new certificate when the operator wants it, and lets it in by that', async () => {
    const asks = { certificateType: 'ChargingStationCertificate' };
    const { station, name, triggered, given, key } = await renewing(world(), pki(), {
      ...{ protocol, kind: 'ChargingStationCertificate', asks, answers: 'Accepted' },
    });
    expect(triggered).toEqual({ requestedMessage: 'SignChargingStationCertificate' });
    const { certificateChain, ...rest } = given as { certificateChain: string };
    expect(rest).toEqual({ certificateType: 'ChargingStationCertificate' });
    expect(pki().verified(certificateChain)).toBe(`subject=${subjectOf(name)}`);
    await station.close();
    expect(await upgrade(`${world().tlsUrl}/${name}`, [protocol], null, null, pki().by(certificateChain, key))).toBe(protocol);
    expect(await world().certificateRequest(name, 'in-use')).toMatchObject({ kind: 'ChargingStationCertificate', reason: null });
  });

  it('TC_A_12_CSMS gives a station a new V2G certificate', async () => {
    const { name, triggered, given } = await renewing(world(), pki(), {
      ...{ protocol, kind: 'V2GCertificate', asks: { certificateType: 'V2GCertificate' }, answers: 'Accepted' },
    });
    expect(triggered).toEqual({ requestedMessage: 'SignV2GCertificate' });
    const { certificateChain, ...rest } = given as { certificateChain: string };
    expect(rest).toEqual({ certificateType: 'V2GCertificate' });
    expect(pki().verified(certificateChain)).toBe(`subject=DC=CPO,${subjectOf(name)}`);
    expect(await world().certificateRequest(name, 'accepted')).toMatchObject({ kind: 'V2GCertificate', usedAt: null });
  });

  it('TC_A_14_CSMS shows that a station refuses its new certificate, as security events too, and goes on with the old one', async () => {
    const asks = { certificateType: 'ChargingStationCertificate' };
    const { station, name } = await renewing(world(), pki(), {
      ...{ protocol, kind: 'ChargingStationCertificate', asks, answers: 'Rejected' },
    });
    const event = { type: 'InvalidChargingStationCertificate', timestamp: new Date().toISOString() };
    expect(await station.call('SecurityEventNotification', event)).toEqual({});
    expect(await world().certificateRequest(name, 'rejected')).toMatchObject({ reason: 'the station answered Rejected', usedAt: null });
    expect(await world().securityEvents(name, 2)).toEqual(['InvalidChargingStationCertificate', 'certificate-rejected']);
    await station.close();
    expect(await upgrade(`${world().tlsUrl}/${name}`, [protocol], null, null, await pki().certified(name))).toBe(protocol);
  });
}
