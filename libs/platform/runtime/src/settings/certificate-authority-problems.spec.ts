import { readSettings } from './read-settings';

const GIVEN = { VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
const read = (more: Record<string, string>) => () => readSettings({ ...GIVEN, ...more }, 'standalone', 'standalone');
const MANAGED = { VOLTBUS_CERTIFICATE_AUTHORITY: 'cert-manager' };

describe('who issues certificates to stations', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ VOLTBUS_CERTIFICATE_AUTHORITY: 'http' }, /VOLTBUS_CA_URL is required/],
    [{ VOLTBUS_CERTIFICATE_AUTHORITY: 'local' }, /VOLTBUS_CA_CERT_FILE/],
    [MANAGED, /VOLTBUS_CA_ISSUER_NAME is required/],
    [{ ...MANAGED, VOLTBUS_CA_ISSUER_NAME: 'Not A Name' }, /VOLTBUS_CA_ISSUER_NAME.*must be a name of a Kubernetes object/],
    [{ ...MANAGED, VOLTBUS_CA_ISSUER_NAME: 'a', VOLTBUS_CA_ISSUER_KIND: '../x' }, /VOLTBUS_CA_ISSUER_KIND/],
    [{ ...MANAGED, VOLTBUS_CA_ISSUER_NAME: 'a', VOLTBUS_CA_ISSUER_GROUP: 'a/b' }, /VOLTBUS_CA_ISSUER_GROUP/],
    [{ ...MANAGED, VOLTBUS_CA_ISSUER_NAME: 'a', VOLTBUS_CA_KUBERNETES_URL: 'http://kubernetes' }, /VOLTBUS_CA_KUBERNETES_URL.*https/],
  ])('is refused: %j', (settings, message) => expect(read(settings)).toThrow(message));

  it('is an issuer of cert-manager by its name alone, in the pod of device-config', () => {
    expect(read({ ...MANAGED, VOLTBUS_CA_ISSUER_NAME: 'stations' })()).toMatchObject({
      ...{ CA_ISSUER_NAME: 'stations', CA_ISSUER_KIND: 'Issuer', CA_ISSUER_GROUP: 'cert-manager.io' },
      ...{ CA_KUBERNETES_URL: 'https://kubernetes.default.svc', CA_KUBERNETES_DIR: '/var/run/secrets/kubernetes.io/serviceaccount' },
    });
  });
});
