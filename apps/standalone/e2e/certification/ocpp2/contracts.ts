import { OCSPResponse } from 'pkijs';
import type { ForeignStation, ProtocolName, TestCertificate } from '@voltbus/testing';
import { EMAID, POOL_ANSWERS, type ContractPki } from '../contract-pki';
import type { World } from '../world';
import { Session, idToken, type TokenInfo } from './session';

interface Answer {
  idTokenInfo: TokenInfo;
  certificateStatus?: string;
}

/** C07, M06: Plug & Charge. */
export function contracts(world: () => World, pki: () => ContractPki, protocol: ProtocolName): void {
  const authorize = (station: ForeignStation, more: object) => station.call<Answer>('Authorize', { idToken: idToken(EMAID), ...more });
  const requestsFor = ({ serial }: TestCertificate) => pki().responder.asked.filter((one) => one === serial).length;
  const charges = async (station: ForeignStation) => {
    const session = new Session(station);
    const begun = await session.sendEvent('Started', 'Authorized', { token: EMAID, evse: true, charging: 'EVConnected' });
    expect(begun).toMatchObject({ status: 'Accepted' });
    await session.sendEvent('Updated', 'ChargingStateChanged', { charging: 'Charging' });
    await world().transaction(station, { state: 'active', idToken: EMAID });
  };

  it('TC_C_50_CSMS asks the OCSP responder about a contract that the station has validated, and accepts it', async () => {
    const station = await world().booted(protocol);
    const contract = await pki().contract('good');
    const iso15118CertificateHashData = [contract, pki().sub].map((one) => one.hashData(pki().responder.url));
    const answer = await authorize(station, { iso15118CertificateHashData });
    expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' });
    expect(requestsFor(contract)).toBe(1);
    await charges(station);
  });

  it('TC_C_51_CSMS refuses a contract that is revoked by its OCSP responder', async () => {
    const station = await world().booted(protocol);
    const contract = await pki().contract('revoked');
    const answer = await authorize(station, { iso15118CertificateHashData: [contract.hashData(pki().responder.url)] });
    expect(answer).toMatchObject({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertificateRevoked' });
    expect(requestsFor(contract)).toBe(1);
  });

  it('TC_C_52_CSMS validates the chain of a contract that the station could not, asks about it and accepts it', async () => {
    const station = await world().booted(protocol);
    const contract = await pki().contract('good');
    const answer = await authorize(station, { certificate: contract.pem + pki().sub.pem });
    expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' });
    expect(requestsFor(contract)).toBe(1);
    await charges(station);
  });

  it('TC_M_24_CSMS asks the OCSP responder about a certificate of the station, and returns its answer', async () => {
    const station = await world().booted(protocol);
    await pki().contract('good'); // from now on the responder speaks of the sub-CA too
    const ocspRequestData = pki().sub.hashData(pki().responder.url);
    const answer = await station.call<{ status: string; ocspResult?: string }>('GetCertificateStatus', { ocspRequestData });
    expect(answer.status).toBe('Accepted');
    const { responseStatus } = OCSPResponse.fromBER(Buffer.from(answer.ocspResult ?? '', 'base64'));
    expect(responseStatus.valueBlock.valueDec).toBe(0); // RFC 6960: successful
    expect(requestsFor(pki().sub)).toBeGreaterThan(0);
  });

  it.each([
    ['TC_M_26_CSMS', 'Install'],
    ['TC_M_28_CSMS', 'Update'],
  ])('%s gets a car what it asks for (%s) from the contract pool', async (_, action) => {
    const station = await world().booted(protocol);
    const request = { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action, exiRequest: 'gJgC' };
    expect(await station.call('Get15118EVCertificate', request)).toEqual({ status: 'Accepted', exiResponse: POOL_ANSWERS[0] });
  });
}
