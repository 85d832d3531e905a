import { TestCertificate } from '@voltbus/testing';
import { POOL_ANSWERS } from '../contract-pki';
import { install } from '../installing';
import type { World } from '../world';

/** Block M: what only 2.1 has. */
export function certificates(world: () => World): void {
  it('TC_M_100_CSMS gets a car its contracts one by one, ISO 15118-20', async () => {
    const station = await world().booted('ocpp2.1');
    const request = {
      ...{ iso15118SchemaVersion: 'urn:iso:std:iso:15118:-20:CommonMessages', action: 'Install', exiRequest: 'gJgD' },
      maximumContractCertificateChains: 2,
    };
    for (const [nth, exiResponse] of POOL_ANSWERS.entries())
      expect(await station.call('Get15118EVCertificate', request)).toEqual({
        status: 'Accepted',
        exiResponse,
        remainingContracts: 1 - nth,
      });
  });

  it('TC_M_101_CSMS installs an OEMRootCertificate', async () => {
    const station = await world().booted('ocpp2.1');
    const { pem } = await TestCertificate.root('A root');
    const kind = 'OEMRootCertificate';
    const { got, shown } = await install(world(), station, { kind, pem, status: 'Accepted' });
    expect([got, shown.state]).toEqual([{ certificateType: kind, certificate: pem.trim() }, 'installed']);
  });
}
