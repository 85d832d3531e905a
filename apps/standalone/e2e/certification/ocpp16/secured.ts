import type { StationPki } from '../station-pki';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

/** The security whitepaper over TLS: security profiles 2 and 3. */
export function secured(world: () => World, pki: () => StationPki): void {
  const url = (name: string): string => `${world().tlsUrl}/${name}`;

  it('TC_086_CSMS shows a valid server certificate, and lets a station in by its password over TLS 1.2 or later', async () => {
    const name = await world().registered({ securityProfile: 2 });
    expect(await upgrade(url(name), ['ocpp1.6'], name, PASSWORD, pki().trust)).toBe('ocpp1.6');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await pki().versionAgreed(world().tlsUrl, old)).toBeNull();
  });

  it('TC_087_CSMS lets a station in by its certificate, and no other one, and not below that profile any more', async () => {
    const name = await world().registered();
    expect(await upgrade(url(name), ['ocpp1.6'], name, PASSWORD, await pki().counterfeit(name))).toBe(401);
    expect(await upgrade(url(name), ['ocpp1.6'], null, null, await pki().certified(name))).toBe('ocpp1.6');
    await world().profileReached(name, 3);
    expect(await upgrade(url(name), ['ocpp1.6'], name, PASSWORD, pki().trust)).toBe(401);
    expect(await upgrade(`${world().url}/${name}`, ['ocpp1.6'], name, PASSWORD)).toBe(401);
  });
}
