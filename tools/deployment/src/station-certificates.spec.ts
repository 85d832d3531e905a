import { EVERYTHING, OWN } from './chart-values';
import { helmFails } from './helm';
import { CHART, render, withValues } from './render';
import { environmentOf, named } from './testing/rendered';

const everything = render(EVERYTHING);
const text = (kind: string, component: string) => JSON.stringify(named(everything, kind, component));

describe('certificates of stations by cert-manager', () => {
  it('gives device-config alone a token, the setting of its folder, and a way to the API server', () => {
    for (const component of ['device-config', 'api', 'gateway', 'cdr', 'router']) {
      const is = component === 'device-config';
      expect(text('Deployment', component).includes('serviceAccountToken')).toBe(is);
      expect(text('Deployment', component).includes('/etc/voltbus/kubernetes')).toBe(is);
      expect(text('NetworkPolicy', component).includes('10.3.0.1/32')).toBe(is);
    }
    for (const component of ['device-config', 'api'])
      expect(environmentOf(everything, component)).toMatchObject({
        ...{ VOLTBUS_CERTIFICATE_AUTHORITY: 'cert-manager', VOLTBUS_CA_ISSUER_NAME: 'stations' },
        ...{ VOLTBUS_CA_ISSUER_KIND: 'ClusterIssuer', VOLTBUS_CA_ISSUER_GROUP: 'cert-manager.io' },
      });
    expect(environmentOf(everything, 'gateway')).not.toHaveProperty('VOLTBUS_CERTIFICATE_AUTHORITY');
  });

  it('gives rights to three verbs in its namespace, and none without an issuer', () => {
    const rights = everything.filter(({ kind }) => /^(Cluster)?Role$/.test(kind));
    expect(rights.map((one) => one['rules'])).toEqual([
      [{ apiGroups: ['cert-manager.io'], resources: ['certificaterequests'], verbs: ['create', 'get', 'delete'] }],
    ]);
    expect(render(OWN).filter(({ kind }) => kind.includes('Role'))).toEqual([]);
    expect(JSON.stringify(render(OWN))).not.toContain('serviceAccountToken');
  });

  it.each([
    ['two authorities', { settings: { CERTIFICATE_AUTHORITY: 'local' } }, /one of them/],
    ['the account of everybody', { serviceAccount: { create: false } }, /serviceAccount\.name is required/],
    ['a trial', { embedded: { enabled: true } }, /not for trials/],
  ])('refuses %s', (_what, values, message) => {
    const both = { ...values, stationCertificates: { issuerRef: { name: 'stations' } } };
    withValues(OWN, (own) =>
      withValues(both, (file) => expect(helmFails(['template', 'x', CHART, '-f', own, '-f', file])).toMatch(message)),
    );
  });
});
