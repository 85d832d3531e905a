import { idOf } from './certificate-id';
import { flawOf, pathTo } from './certificate-chain';
import { readCertificate } from './pkijs-certificate';
import { ocspRequest, readOcspResponse } from './pkijs-ocsp';

// Made once by OpenSSL 3 (`openssl req`, `x509`, `ocsp`): a root with RSA, a sub-CA on P-521, a contract and a responder on P-256, good for ten years.
const ROOT = [
  'MIIDODCCAiCgAwIBAgIUMeQCO/7DlwraPpq21/2SG4Vf7TAwDQYJKoZIhvcNAQELBQAwNDELMAkGA1UEBhMCREUxEzARBgNVBAoMCk1PIEV4YW1wbGUxEDAOBgNVBAMMB0',
  '1PIFJvb3QwHhcNMjYxMTIzMjIxNDEwWhcNMzYxMTIwMjIxNDEwWjA0MQswCQYDVQQGEwJERTETMBEGA1UECgwKTU8gRXhhbXBsZTEQMA4GA1UEAwwHTU8gUm9vdDCCASIw',
  'DQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAMjutMZij49sR1ErOD0RwU9tT0AjdEPvCdXO4+HjEcrpHn/TfZFAkkgEcyJEVY+9fGUGjlxsQjyLgotsRfI+ItU6iYAOft',
  'nwNe/gptSYM6MUi6uHi4e8Et5wpexy2a2cl71mx+ZPGrHP/HUaKyTFYhvh6/qREBValVW/IgbYPvFpJAn316bunnNv15qQFgeqrBxO5uDmNPc9c8fK43HYv1MHTSakyqXq',
  'hMozoCrFvmdDS/6SKQ+fqDXPam4UQkVpnFznMplkkM+WCZ+dXCHorjtU0cRkT1iX+lYwcDB8hlF/pTlwgKeQUy2ZAUc/LV9q5vhsBSLdXwB4nlVPSasWMW8CAwEAAaNCME',
  'AwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFODBqsXj3QhZxII5jP8XDH9rnBaQMA0GCSqGSIb3DQEBCwUAA4IBAQAOSk/FZNFmHM/j9pL0',
  'Dl3clro5gntxSOLYIu06f8QE31U7A3N2XoYv/K8oh4MHp+k0SgiwTjgL6/btJiWQnJ+PljjCsrFC0BULGAmC7zrNBxt5Dt5+/5PITs9dx7F5eb7UzjMefwvl0kvLC/P4ne',
  'e93FD2kn6E1j+zrIwBk6fSHpYoILkGPs0HGOgvo0aNxeooFfHrl0cCGD56U+KzPVvksXFSzvJgR2y4Xm9bA+TqDetvMKX1Abm10rPz4T44ljob8lv3sptye5C2QJKh1tgZ',
  'jetLCPizC371zG5hk5I8Lz7hATlVvcKWkmkEoQqvzYq1ZRE2XbqO0wZ94ucdBnoH',
].join('');
const SUB_CA = [
  'MIIC0zCCAbugAwIBAgIUQW7gNwG3xRzxopbnD9KCWiSurMIwDQYJKoZIhvcNAQELBQAwNDELMAkGA1UEBhMCREUxEzARBgNVBAoMCk1PIEV4YW1wbGUxEDAOBgNVBAMMB0',
  '1PIFJvb3QwHhcNMjYxMTIzMjIxNDEwWhcNMzYxMTIwMjIxNDEwWjA2MQswCQYDVQQGEwJERTETMBEGA1UECgwKTU8gRXhhbXBsZTESMBAGA1UEAwwJTU8gU3ViLUNBMIGb',
  'MBAGByqGSM49AgEGBSuBBAAjA4GGAAQAV8Htm3/ruIQ7Us5tcSe3rRfGTN48N7OgT5NQ0AMJD4zJ+k2fVnpgU2DQvVfHQlvvltTVNQTsziC8ir0kaZMy+xUArJbsmH5LWt',
  '2L4qCgiOOPGBwYRbfVwyaKoI7Z0mYDqNlJ1Zmi3Zcbts+/EVKADGCnVbNUDwM0iAgw3uAky9PkQwOjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0G',
  'A1UdDgQWBBS0TA65Yk00w/1btt560TadJvnt3TAfBgNVHSMEGDAWgBTgwarF490IWcSCOYz/Fwx/a5wWkDANBgkqhkiG9w0BAQsFAAOCAQEAg6HWvtc9Bk5ebMyb1XGh+P',
  'skPvMF1emibCXrEp66gvZafgDfKqQoYn02oaiSmOmV6S/q2XzvXYe/WxvDAensnx90nsHRtSxlzDYQvqSPUcmwpqTNX/Wi7ennXiFkL7eJSrMdxXkwOqzSsLLeU4XIdFM8',
  'iapkN62bRORYYdLJziKfoQTlx81NOFs+QZSrvrxzLyjdnWsPcf2IEVIfU1MQypeIv1eHLD/BfEk3FNjccLh8k85p++gLdViGQ+n2TdiZHU+B8ZIyApd3CA4dpDU9FWpu7H',
  'gXPCPDuSgC2wcuHD/KyZVK49n0Vq1Bu5YxswUEpGnqoOKKx0CrGB8MGpUNgQ==',
].join('');
const CONTRACT = [
  'MIICWTCCAbqgAwIBAgIUHHTJQMYInJ+oHan3q8Y5PWc8kLkwCgYIKoZIzj0EAwQwNjELMAkGA1UEBhMCREUxEzARBgNVBAoMCk1PIEV4YW1wbGUxEjAQBgNVBAMMCU1PIF',
  'N1Yi1DQTAeFw0yNjExMjMyMjE0MTBaFw0zNjExMjAyMjE0MTBaMEMxGDAWBgNVBAMMD0RFOEFBQzEyMzQ1Njc4WDETMBEGA1UECgwKTU8gRXhhbXBsZTESMBAGCgmSJomT',
  '8ixkARkWAk1PMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhN8jMCJISHl26Ka5PnIl/xkjWjroowtySvRohX9P8VR9n1LEUzSuGpNV4ofNsPEfvIwvA2eB+1B123d0bh',
  'O0v6OBmDCBlTAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIDiDA1BggrBgEFBQcBAQQpMCcwJQYIKwYBBQUHMAGGGWh0dHA6Ly9vY3NwLm1vLmV4YW1wbGUvbW8wHQYD',
  'VR0OBBYEFAJiRmGYRBGr2uCnoHz5czLvKLVkMB8GA1UdIwQYMBaAFLRMDrliTTTD/Vu23nrRNp0m+e3dMAoGCCqGSM49BAMEA4GMADCBiAJCAZ4fmiblL86RdZrxXnpZhm',
  'fXEYKoEOUJwItic++U6F9M0ucrJhFw9hw4/emKGd3VEE4Q8e/K7WXka70WGAydbFSTAkIBEbQugZzukyuCsIgCsBIwNXOdO8rQf0Umk7nwXfHnvaUpHUs8Ml0YG8sbqeZn',
  'xbMneZgWfvmmDaj6BoigERxjgBA=',
].join('');
const GOOD = [
  'MIIDRwoBAKCCA0AwggM8BgkrBgEFBQcwAQEEggMtMIIDKTCBvqEUMBIxEDAOBgNVBAMMB01PIE9DU1AYDzIwMjYxMTIzMjIxNDEwWjCBlDCBkTBpMA0GCWCGSAFlAwQCAQ',
  'UABCA4ySpyhpt8KqZx0zUVWgkvs7MpYSw0rkVETS3QqPZqLQQg4Bvv1c5kEKaFhLCQNm/dUDYwXhWmRIGLEzkOfsyCLGsCFBx0yUDGCJyfqB2p96vGOT1nPJC5gAAYDzIw',
  'MjYxMTIzMjIxNDEwWqARGA8yMDM2MTEyMDIyMTQxMFowCgYIKoZIzj0EAwIDRwAwRAIgVRbZO9YuNsBsn4xKglQr3+CW0WpT5twTudNH9fusxYUCIAjpRlxtAj0LcVck7r',
  '0arWBF1UeQYQS4K9sPo9qFAyaooIICDzCCAgswggIHMIIBaaADAgECAhQcdMlAxgicn6gdqferxjk9ZzyQujAKBggqhkjOPQQDAzA2MQswCQYDVQQGEwJERTETMBEGA1UE',
  'CgwKTU8gRXhhbXBsZTESMBAGA1UEAwwJTU8gU3ViLUNBMB4XDTI2MTEyMzIyMTQxMFoXDTM2MTEyMDIyMTQxMFowEjEQMA4GA1UEAwwHTU8gT0NTUDBZMBMGByqGSM49Ag',
  'EGCCqGSM49AwEHA0IABAzvnyMzBegIYix7OeuCUFfYe5DlO4bKhM4M3KXPbps4ZULxp9ctqI0GfxCosihHk2mJLuwhWu5ixzzem/EXcM6jeTB3MAwGA1UdEwEB/wQCMAAw',
  'FgYDVR0lAQH/BAwwCgYIKwYBBQUHAwkwDwYJKwYBBQUHMAEFBAIFADAdBgNVHQ4EFgQU6qmFCxdizRGT1kWBHVkKowv5f/cwHwYDVR0jBBgwFoAUtEwOuWJNNMP9W7beet',
  'E2nSb57d0wCgYIKoZIzj0EAwMDgYsAMIGHAkFG8Gh1avTRaVJII8LOC5obF56bvC+H6GygdUYa1gAU6yncDqJNrA/73OzSgydUf4Lx02TdwlPii+dXhJ7B/tKH9AJCAQXS',
  'Rr19q5ssrmuFzYLogVFPnOhYmY9iyV9SUm0mNdZXW0+v9jFlvjgPaVxaidSCN3BGUuzrf4MJ+3jM+pEXP0kf',
].join('');
const REVOKED = [
  'MIIDWgoBAKCCA1MwggNPBgkrBgEFBQcwAQEEggNAMIIDPDCBz6EUMBIxEDAOBgNVBAMMB01PIE9DU1AYDzIwMjYxMTIzMjIxNDU0WjCBpTCBojBpMA0GCWCGSAFlAwQCAQ',
  'UABCA4ySpyhpt8KqZx0zUVWgkvs7MpYSw0rkVETS3QqPZqLQQg4Bvv1c5kEKaFhLCQNm/dUDYwXhWmRIGLEzkOfsyCLGsCFBx0yUDGCJyfqB2p96vGOT1nPJC5oREYDzIw',
  'MjYwNjAxMDAwMDAwWhgPMjAyNjExMjMyMjE0NTRaoBEYDzIwMzYxMTIwMjIxNDU0WjAKBggqhkjOPQQDAgNJADBGAiEAq60cRKtmSXLCoRcWyi5Rc9ZpsNkcv+9MYhB5/T',
  'byxdMCIQCMAQdGzkrmfjGwuErUIpMN6Ze5XYy22KSjNefy6w5jVaCCAg8wggILMIICBzCCAWmgAwIBAgIUHHTJQMYInJ+oHan3q8Y5PWc8kLowCgYIKoZIzj0EAwMwNjEL',
  'MAkGA1UEBhMCREUxEzARBgNVBAoMCk1PIEV4YW1wbGUxEjAQBgNVBAMMCU1PIFN1Yi1DQTAeFw0yNjExMjMyMjE0MTBaFw0zNjExMjAyMjE0MTBaMBIxEDAOBgNVBAMMB0',
  '1PIE9DU1AwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQM758jMwXoCGIseznrglBX2HuQ5TuGyoTODNylz26bOGVC8afXLaiNBn8QqLIoR5NpiS7sIVruYsc83pvxF3DO',
  'o3kwdzAMBgNVHRMBAf8EAjAAMBYGA1UdJQEB/wQMMAoGCCsGAQUFBwMJMA8GCSsGAQUFBzABBQQCBQAwHQYDVR0OBBYEFOqphQsXYs0Rk9ZFgR1ZCqML+X/3MB8GA1UdIw',
  'QYMBaAFLRMDrliTTTD/Vu23nrRNp0m+e3dMAoGCCqGSM49BAMDA4GLADCBhwJBRvBodWr00WlSSCPCzguaGxeem7wvh+hsoHVGGtYAFOsp3A6iTawP+9zs0oMnVH+C8dNk',
  '3cJT4ovnV4Sewf7Sh/QCQgEF0ka9faubLK5rhc2C6IFRT5zoWJmPYslfUlJtJjXWV1tPr/YxZb44D2lcWonUgjdwRlLs63+DCft4zPqRFz9JHw==',
].join('');
const REQUEST = [
  '3071306f306d306b3069300d06096086480165030402010500042038c92a72869b7c2aa671d335155a092fb3b329612c34ae45444d2dd0a8f66a2d0420e01befd5',
  'ce6410a68584b090366fdd5036305e15a644818b13390e7ecc822c6b02141c74c940c6089c9fa81da9f7abc6393d673c90b9',
].join('');
const NOW = new Date('2026-12-01T00:00:00Z');

const read = (base64: string) => readCertificate(Buffer.from(base64, 'base64'));
const [root, sub, contract] = [read(ROOT), read(SUB_CA), read(CONTRACT)];
const trust = { anchors: [root], pool: [sub] };

describe('certificates and answers that OpenSSL made', () => {
  it('RFC 5280: the path from the contract to the root is found and has no flaw', () => {
    const path = pathTo(contract, trust);
    expect(path).toEqual([contract, sub, root]);
    expect(flawOf(path ?? [], NOW)).toBeNull();
    expect(contract).toMatchObject({ commonName: 'DE8AAC12345678X', ocspUrls: ['http://ocsp.mo.example/mo'] });
  });

  it('RFC 6960 section 4.1: we ask in the very bytes in which it asks', () => {
    expect(ocspRequest(idOf(contract, sub)).toString('hex')).toBe(REQUEST);
  });

  it.each([
    ['good', GOOD],
    ['revoked', REVOKED],
  ])('RFC 6960 section 4.2: its answer that the contract is %s is read and believed', (status, answer) => {
    expect(readOcspResponse(Buffer.from(answer, 'base64'), idOf(contract, sub), trust, NOW)).toMatchObject({ status });
  });

  it('an answer of which any part was changed is not believed', () => {
    const der = Buffer.from(GOOD, 'base64');
    // every twentieth octet: whatever it stands in
    for (let at = 0; at < der.length; at += 20) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => readOcspResponse(changed, idOf(contract, sub), trust, NOW)).toThrow();
    }
  });
});
