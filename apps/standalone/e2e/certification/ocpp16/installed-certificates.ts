import { TestCertificate } from '@voltbus/testing';
import { certificatesOf, install, profileIsKnown, remove, upgradeIs } from '../installing';
import { nextCall } from '../next-call';
import type { StationPki } from '../station-pki';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

const ROOTS = [
  ['TC_075_1_CSMS', 'ManufacturerRootCertificate', 'ManufacturerRootCertificate'],
  ['TC_075_2_CSMS', 'CSMSRootCertificate', 'CentralSystemRootCertificate'],
] as const;

/** Roots of stations, and a higher security profile with them (security whitepaper). */
export function installedCertificates(world: () => World, pki: () => StationPki): void {
  it.each(ROOTS)('%s installs a %s', async (_, kind, certificateType) => {
    const station = await world().booted('ocpp1.6');
    const { pem } = await TestCertificate.root('A root');
    const { got, shown } = await install(world(), station, { kind, pem, status: 'Accepted' });
    expect([got, shown.state]).toEqual([{ certificateType, certificate: pem.trim() }, 'installed']);
  });

  it('TC_076_CSMS asks for the certificates of a station, and deletes one', async () => {
    const station = await world().booted('ocpp1.6');
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a1', issuerKeyHash: 'b2', serialNumber: '1' };
    const [known] = await certificatesOf(world(), station, { status: 'Accepted', certificateHashData: [hash] });
    expect(known).toMatchObject({ kind: 'CSMSRootCertificate', state: 'foreign' });
    await profileIsKnown(world(), station);
    const { got, shown } = await remove(world(), station, { id: known?.id ?? '', status: 'Accepted' });
    expect([got, shown.state]).toEqual([{ certificateHashData: hash }, 'deleted']);
  });

  it('TC_078_CSMS shows that a station refuses a root for the CSMS, as a security event too', async () => {
    const station = await world().booted('ocpp1.6');
    const { pem } = await TestCertificate.root('A root');
    const { shown } = await install(world(), station, { kind: 'CSMSRootCertificate', pem, status: 'Rejected' });
    expect(shown).toMatchObject({ state: 'refused', answer: 'Rejected' });
    const event = { type: 'InvalidCentralSystemCertificate', timestamp: new Date().toISOString() };
    expect(await station.call('SecurityEventNotification', event)).toEqual({});
    expect(await world().securityEvents(station.options.station, 1)).toEqual(['InvalidCentralSystemCertificate']);
  });

  it('TC_083_CSMS raises the security profile of a station, and lets it in with no lower one', async () => {
    const station = await world().booted('ocpp1.6');
    const name = station.options.station;
    await install(world(), station, { kind: 'CSMSRootCertificate', pem: pki().root, status: 'Accepted' });
    await profileIsKnown(world(), station);
    const changed = nextCall(station, 'ChangeConfiguration', { status: 'Accepted' });
    expect(await world().api.post(`/v1/stations/${name}/security-profile-upgrade`, { target: 2 })).toMatchObject({ status: 202 });
    expect(await changed()).toEqual({ key: 'SecurityProfile', value: '2' });
    await upgradeIs(world(), name, 'reconnecting');
    await station.close();
    expect(await upgrade(`${world().tlsUrl}/${name}`, ['ocpp1.6'], name, PASSWORD, pki().trust)).toBe('ocpp1.6');
    await upgradeIs(world(), name, 'done');
    expect(await upgrade(`${world().url}/${name}`, ['ocpp1.6'], name, PASSWORD)).toBe(401);
  });
}
