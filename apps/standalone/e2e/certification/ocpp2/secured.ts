import type { ProtocolName } from '@voltbus/testing';
import type { StationPki } from '../station-pki';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

/** Block A over TLS: security profiles 2 and 3. */
export function secured(world: () => World, pki: () => StationPki, protocol: ProtocolName): void {
  const url = (name: string): string => `${world().tlsUrl}/${name}`;

  it('TC_A_04_CSMS shows a valid server certificate, and a station in by its password over TLS', async () => {
    const name = await world().registered({ securityProfile: 2 });
    expect(await upgrade(url(name), [protocol], name, PASSWORD, pki().trust)).toBe(protocol);
    expect(await upgrade(url(name), [protocol], name, 'another horse battery', pki().trust)).toBe(401);
  });

  it('TC_A_06_CSMS makes no connection with a version of TLS below 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await pki().versionAgreed(world().tlsUrl, old)).toBeNull();
    expect(await pki().versionAgreed(world().tlsUrl, { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
  });

  it('TC_A_07_CSMS lets a station in by its certificate, without a password', async () => {
    const name = await world().registered({ securityProfile: 3, password: null });
    expect(await upgrade(url(name), [protocol], null, null, await pki().certified(name))).toBe(protocol);
  });

  it('TC_A_08_CSMS refuses a station whose certificate is of another CA, or of another station', async () => {
    const name = await world().registered({ securityProfile: 3 });
    expect(await upgrade(url(name), [protocol], name, PASSWORD, await pki().counterfeit(name))).toBe(401);
    expect(await upgrade(url(name), [protocol], name, PASSWORD, await pki().certified('somebody'))).toBe(401);
    expect(await world().refusalsOf(name)).toEqual(['certificate-other-station', 'certificate-untrusted']);
  });
}
