import { parseIdentity } from './identity';

describe('the identity in a URL (quirks 35, 36)', () => {
  it.each([
    ['/ocpp/CS-1', 'default', 'CS-1'],
    ['/ocpp/acme/CS-1', 'acme', 'CS-1'],
    ['/ocpp/acme/CS-1/', 'acme', 'CS-1'],
    ['//ocpp//acme///CS-1', 'acme', 'CS-1'],
    ['/ocpp/acme/a%20b', 'acme', 'a b'],
    ['/ocpp/acme/a%2Fb', 'acme', 'a/b'],
    ['/ocpp/acme/100%25', 'acme', '100%'],
    ['/ocpp/acme/a%2525', 'acme', 'a%25'],
    ['/ocpp/acme/S%C3%A4ule', 'acme', 'Säule'],
    ['/ocpp/acme/cs-1', 'acme', 'cs-1'],
    [`/ocpp/${'x'.repeat(48)}`, 'default', 'x'.repeat(48)],
  ])('by %s is station %3$s of %2$s', (path, tenant, station) => {
    expect(parseIdentity(path)).toEqual({ tenant, station });
  });

  it.each([
    ['nothing', '/'],
    ['no station', '/ocpp'],
    ['no station, with a slash', '/ocpp/'],
    ['too many segments', '/ocpp/acme/area/CS-1'],
    ['another service', '/metrics'],
    ['a tenant in capitals', '/ocpp/ACME/CS-1'],
    ['a tenant with a slash', '/ocpp/a%2Fb/CS-1'],
    ['49 characters', `/ocpp/${'x'.repeat(49)}`],
    ['a NUL', '/ocpp/CS%00'],
    ['a line feed', '/ocpp/CS%0A1'],
    ['an escape that is none', '/ocpp/CS%zz'],
    ['bytes that are no UTF-8', '/ocpp/CS%ff'],
    ['the folder above', '/ocpp/acme/..'],
    ['the folder above, escaped', '/ocpp/acme/%2e%2e'],
  ])('is nobody by a path with %s', (_name, path) => {
    expect(parseIdentity(path)).toBeNull();
  });
});
