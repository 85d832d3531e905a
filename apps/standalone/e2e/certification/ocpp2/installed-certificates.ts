import { TestCertificate, type ProtocolName } from '@voltbus/testing';
import { certificatesOf, install, profileIsKnown, remove, upgradeIs } from '../installing';
import type { StationPki } from '../station-pki';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

const ROOTS = [
  ['TC_M_01_CSMS', 'CSMSRootCertificate'],
  ['TC_M_02_CSMS', 'ManufacturerRootCertificate'],
  ['TC_M_03_CSMS', 'V2GRootCertificate'],
  ['TC_M_04_CSMS', 'MORootCertificate'],
] as const;

/** Blocks M and A: roots of stations, and a higher security profile with them. */
export function installedCertificates(world: () => World, pki: () => StationPki, protocol: ProtocolName): void {
  const hash = (serialNumber: string) => ({ hashAlgorithm: 'SHA256', issuerNameHash: 'a1', issuerKeyHash: 'b2', serialNumber });
  const listed = (...kinds: string[]) => ({
    status: 'Accepted',
    certificateHashDataChain: kinds.map((certificateType, nth) => ({ certificateType, certificateHashData: hash(String(nth)) })),
  });

  const installsRoot = async (kind: string): Promise<void> => {
    const station = await world().booted(protocol);
    const { pem } = await TestCertificate.root('A root');
    const { got, shown } = await install(world(), station, { kind, pem, status: 'Accepted' });
    expect([got, shown.state]).toEqual([{ certificateType: kind, certificate: pem.trim() }, 'installed']);
  };

  it.each(ROOTS)('%s installs a %s', (_, kind) => installsRoot(kind));

  it('TC_M_05_CSMS shows that a station could not install a root', async () => {
    const station = await world().booted(protocol);
    const { pem } = await TestCertificate.root('A root');
    expect((await install(world(), station, { kind: 'CSMSRootCertificate', pem, status: 'Failed' })).shown).toMatchObject({
      state: 'refused',
      answer: 'Failed',
    });
  });

  it.each([
    ['TC_M_12_CSMS', ['CSMSRootCertificate']],
    ['TC_M_13_CSMS', ['ManufacturerRootCertificate']],
    ['TC_M_14_CSMS', ['V2GRootCertificate']],
    ['TC_M_15_CSMS', ['V2GCertificateChain']],
    ['TC_M_16_CSMS', ['MORootCertificate']],
    ['TC_M_17_CSMS', ['CSMSRootCertificate', 'ManufacturerRootCertificate']],
  ])('%s shows what a station has of %s, whoever asks it', async (_, kinds) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'GetInstalledCertificateIds', { certificateType: kinds }, listed(...kinds));
    const known = await certificatesOf(world(), station, listed(...kinds));
    expect(known.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  });

  const ALL = [...ROOTS.map(([, kind]) => kind), 'V2GCertificateChain'];

  it('TC_M_18_CSMS shows all certificates of a station', async () => {
    const known = await certificatesOf(world(), await world().booted(protocol), listed(...ALL));
    expect(known.map(({ state }) => state)).toEqual(ALL.map(() => 'foreign'));
  });

  it('TC_M_19_CSMS shows that a station has none any more', async () => {
    const station = await world().booted(protocol);
    await certificatesOf(world(), station, listed(...ALL));
    expect((await certificatesOf(world(), station)).map(({ state }) => state)).toEqual(ALL.map(() => 'deleted'));
  });

  it.each([
    ['TC_M_20_CSMS', 'deletes it', 'Accepted', 'deleted'],
    ['TC_M_21_CSMS', 'could not', 'Failed', 'foreign'],
  ])('%s asks for the deletion of a certificate by the hashes that the station told, which %s', async (_, _what, status, state) => {
    const station = await world().booted(protocol);
    const [{ id } = { id: '' }] = await certificatesOf(world(), station, listed('V2GRootCertificate'));
    const { got, shown } = await remove(world(), station, { id, status });
    expect([got, shown]).toEqual([{ certificateHashData: hash('0') }, expect.objectContaining({ state, answer: status })]);
  });

  it('TC_A_19_CSMS raises the security profile of a station, and lets it in with no lower one', async () => {
    const station = await world().booted(protocol);
    const name = station.options.station;
    await install(world(), station, { kind: 'CSMSRootCertificate', pem: pki().root, status: 'Accepted' });
    const value = { attributeStatus: 'Accepted', component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' } };
    station.answer('GetVariables', () => ({ getVariableResult: [{ ...value, attributeValue: '1' }] }));
    station.answer('SetNetworkProfile', () => ({ status: 'Accepted' }));
    station.answer('SetVariables', () => ({ setVariableResult: [{ ...value, attributeStatus: 'RebootRequired' }] }));
    station.answer('Reset', () => ({ status: 'Accepted' }));
    const url = world().tlsUrl;
    await profileIsKnown(world(), station);
    expect(await world().api.post(`/v1/stations/${name}/security-profile-upgrade`, { target: 2, url })).toMatchObject({ status: 202 });
    await upgradeIs(world(), name, 'reconnecting');
    const sent = (action: string) => station.received.find((call) => call.action === action)?.payload;
    expect(sent('SetNetworkProfile')).toMatchObject({ configurationSlot: 2, connectionData: { securityProfile: 2, ocppCsmsUrl: url } });
    expect(sent('SetVariables')).toMatchObject({ setVariableData: [{ attributeValue: '2,1' }] });
    await station.close();
    expect(await upgrade(`${url}/${name}`, [protocol], name, PASSWORD, pki().trust)).toBe(protocol);
    await upgradeIs(world(), name, 'done');
    expect(await upgrade(`${world().url}/${name}`, [protocol], name, PASSWORD)).toBe(401);
  });
}
