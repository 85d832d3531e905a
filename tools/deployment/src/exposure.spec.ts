import { EVERYTHING, OWN } from './chart-values';
import { helm, helmFails } from './helm';
import { CHART, render, withValues, type KubernetesObject } from './render';
import { environmentOf, named, ofMatrix, portsOf } from './testing/rendered';

const everything = render(EVERYTHING);
const gateway = (values: object): KubernetesObject[] => render({ ...OWN, gateway: values });
const INGRESS = { enabled: true, host: 'ocpp.example' };
const ROUTE = { enabled: true, parentRefs: [{ name: 'edge' }], hostnames: ['ocpp.example'] };

interface Route {
  parentRefs: object[];
  hostnames?: string[];
  rules: { matches: object[]; filters?: object[]; timeouts?: object; backendRefs: { name: string; port: number }[] }[];
}

describe('an Ingress of the chart', () => {
  const annotationsOf = (objects: KubernetesObject[], door: string) => named(objects, 'Ingress', door).metadata.annotations;

  it.each([
    ['nginx', { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '900', 'nginx.ingress.kubernetes.io/proxy-send-timeout': '900' }],
    [
      'alb',
      {
        'alb.ingress.kubernetes.io/target-type': 'ip',
        'alb.ingress.kubernetes.io/load-balancer-attributes': 'idle_timeout.timeout_seconds=900',
      },
    ],
    ['contour', { 'projectcontour.io/websocket-routes': '/ocpp' }],
    ['', undefined],
  ])('keeps idle stations connected behind the controller %j', (controller, annotations) => {
    expect(annotationsOf(gateway({ ingress: { ...INGRESS, controller, idleSeconds: 900 } }), 'gateway')).toEqual(annotations);
  });

  it('lets annotations of the values win', () => {
    expect(annotationsOf(everything, 'gateway')).toEqual({
      ...{ a: 'b', 'nginx.ingress.kubernetes.io/proxy-read-timeout': '600', 'nginx.ingress.kubernetes.io/proxy-send-timeout': '120' },
    });
  });

  it('leads to the port without TLS, with the TLS Secret of its host', () => {
    expect(named(everything, 'Ingress', 'gateway')['spec']).toMatchObject({
      tls: [{ hosts: ['ocpp.example'], secretName: 'ocpp-tls' }],
      rules: [{ host: 'ocpp.example', http: { paths: [{ path: '/ocpp', backend: { service: { port: { name: 'ocpp' } } } }] } }],
    });
  });
});

describe('a route of the Gateway API', () => {
  const routeOf = (objects: KubernetesObject[], kind: string, door: string) => named(objects, kind, door)['spec'] as Route;

  it('never ends the connection of a station, nor a stream of events, by a time-out', () => {
    const endless = { request: '0s', backendRequest: '0s' };
    const timeouts = (door: string) => routeOf(everything, 'HTTPRoute', door).rules.map(({ matches, timeouts: set }) => [matches[0], set]);
    expect(timeouts('gateway')).toEqual([[{ path: { type: 'PathPrefix', value: '/ocpp' } }, endless]]);
    expect(timeouts('api')).toEqual([
      [{ path: { type: 'PathPrefix', value: '/v1/events' } }, endless],
      [{ path: { type: 'PathPrefix', value: '/' } }, undefined],
    ]);
  });

  it('belongs to its Gateways, leads to its Service and has the filters of the values', () => {
    const { parentRefs, hostnames, rules } = routeOf(everything, 'HTTPRoute', 'gateway');
    expect({ parentRefs, hostnames }).toEqual({ parentRefs: [{ name: 'edge', namespace: 'gateways' }], hostnames: ['ocpp.example'] });
    expect(rules[0]?.filters).toEqual(EVERYTHING.gateway.httpRoute.filters);
    expect(rules[0]?.backendRefs).toEqual([{ name: 'charge-voltbus-gateway', port: 9000 }]);
    expect(routeOf(everything, 'HTTPRoute', 'api').rules.flatMap(({ backendRefs }) => backendRefs)).toEqual(
      Array(2).fill({ name: 'charge-voltbus-api', port: 8080 }),
    );
  });

  it('passes TLS through to the TLS port, by names of its own', () => {
    expect(routeOf(everything, 'TLSRoute', 'gateway')).toEqual({
      parentRefs: [{ name: 'edge', namespace: 'gateways', sectionName: 'stations' }],
      hostnames: ['secure.ocpp.example'],
      rules: [{ backendRefs: [{ name: 'charge-voltbus-gateway', port: 9443 }] }],
    });
    expect(portsOf(everything, 'gateway')).toContainEqual(['ocpp-tls', 9443]);
  });

  it.each([
    [[], '', 'v1'],
    [['v1alpha2', 'v1alpha3'], '', 'v1alpha3'],
    [['v1alpha2'], '', 'v1alpha2'],
    [['v1', 'v1alpha3'], '', 'v1'],
    [['v1'], 'gateway.networking.k8s.io/v1alpha2', 'v1alpha2'],
  ])('has the newest version that a cluster with %j serves, unless it is given (%j)', (served, apiVersion, version) => {
    const values = { ...OWN, gateway: { tls: { existingSecret: 't' }, tlsRoute: { ...ROUTE, apiVersion } } };
    const apis = served.flatMap((one) => ['--api-versions', `gateway.networking.k8s.io/${one}/TLSRoute`]);
    const text = withValues(values, (file) => helm(['template', 'x', CHART, '-f', file, '-s', 'templates/exposure.yaml', ...apis]));
    expect(text).toContain(`apiVersion: gateway.networking.k8s.io/${version}\nkind: TLSRoute`);
  });
});

describe('what stands before the gateways', () => {
  it('is believed only as far as the values say', () => {
    expect(environmentOf(everything, 'gateway')).toMatchObject({
      VOLTBUS_OCPP_TRUSTED_PROXIES: '10.244.7.0/24,10.244.8.1',
      VOLTBUS_OCPP_PROXY_TLS: 'client-cert',
    });
    expect(environmentOf(everything, 'gateway')).not.toHaveProperty('VOLTBUS_OCPP_PROXY_PROTOCOL');
    expect(environmentOf(everything, 'router')).not.toHaveProperty('VOLTBUS_OCPP_TRUSTED_PROXIES');
    const behindIngress = environmentOf(gateway({ ingress: INGRESS }), 'gateway');
    expect(Object.keys(behindIngress).filter((name) => /PROX|PLAIN/.test(name))).toEqual([]);
  });

  it('may write the PROXY protocol, with no port but that for TLS', () => {
    const objects = ofMatrix('TLS alone');
    expect(environmentOf(objects, 'gateway')).toMatchObject({
      ...{ VOLTBUS_OCPP_TRUSTED_PROXIES: '192.0.2.0/24', VOLTBUS_OCPP_PROXY_PROTOCOL: 'true', VOLTBUS_OCPP_PLAIN: 'false' },
      VOLTBUS_OCPP_TLS_PORT: '9443',
    });
    expect(portsOf(objects, 'gateway')).toEqual([['ocpp-tls', 9443]]);
    const { ingress } = named(objects, 'NetworkPolicy', 'gateway')['spec'] as { ingress: { ports: object[] }[] };
    expect(ingress).toEqual([{ ports: [{ port: 9443, protocol: 'TCP' }] }]);
    expect(objects.filter(({ kind }) => kind === 'Pod')).toEqual([]);
  });

  it('is trusted by the API only where the chart creates an Ingress or an HTTPRoute', () => {
    const trusted = (objects: KubernetesObject[]) => environmentOf(objects, 'api')['VOLTBUS_API_TRUSTED_PROXIES'];
    expect(trusted(everything)).toContain('10.0.0.0/8');
    expect(trusted(render({ ...OWN, api: { httpRoute: ROUTE } }))).toContain('10.0.0.0/8');
    expect(trusted(render(OWN))).toBeUndefined();
  });

  it('may be a load balancer of a class, for both families of addresses', () => {
    expect(named(everything, 'Service', 'gateway')['spec']).toMatchObject({
      ...{ type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerClass: 'example.com/nlb' },
      ...{ ipFamilyPolicy: 'PreferDualStack', loadBalancerSourceRanges: ['10.0.0.0/8'] },
    });
  });
});

describe('certificates by cert-manager', () => {
  it('are made for each Secret, by its issuer', () => {
    const made = everything.filter(({ kind }) => kind === 'Certificate').map(({ spec }) => spec);
    expect(made).toMatchObject([
      {
        ...{ secretName: 'ocpp-tls', dnsNames: ['ocpp.example', 'secure.ocpp.example'], duration: '2160h', renewBefore: '720h' },
        privateKey: { algorithm: 'RSA', size: 3072, rotationPolicy: 'Always' },
        issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' },
      },
      { secretName: 'api-tls', privateKey: { algorithm: 'ECDSA', size: 256 }, issuerRef: { name: 'own', kind: 'Issuer' } },
    ]);
    expect(EVERYTHING.gateway.tls.existingSecret).toBe('ocpp-tls');
  });
});

describe('the chart', () => {
  const proxied = { proxyProtocol: true, trustedProxies: ['192.0.2.1'] };
  it.each([
    ['TLS without a host', { ingress: { enabled: true, tlsSecret: 't' } }, /host is required/],
    ['an Ingress that cuts off idle stations', { ingress: { ...INGRESS, idleSeconds: 90 } }, /more than twice PING_SECONDS \(45\)/],
    ['… by a ping of its own', { ingress: INGRESS, settings: { PING_SECONDS: 300 } }, /more than twice PING_SECONDS \(300\)/],
    ['the PROXY protocol behind an Ingress', { ingress: INGRESS, ...proxied }, /proxyProtocol needs a LoadBalancer/],
    ['the PROXY protocol of nobody', { proxyProtocol: true }, /trustedProxies is required/],
    ['gateways without a port', { plain: false }, /gateway\.tls\.existingSecret is required where gateway\.plain is false/],
    ['an HTTPRoute to no port', { httpRoute: ROUTE, plain: false, tls: { existingSecret: 't' } }, /need gateway\.plain/],
    ['an HTTPRoute of no Gateway', { httpRoute: { enabled: true } }, /parentRefs is required/],
    ['a TLSRoute without TLS', { tlsRoute: ROUTE }, /gateway\.tls\.existingSecret is required with gateway\.tlsRoute/],
    ['a TLSRoute without a name', { tls: { existingSecret: 't' }, tlsRoute: { ...ROUTE, hostnames: [] } }, /hostnames is required/],
    ['a proxy among the settings', { settings: { OCPP_TRUSTED_PROXIES: '0.0.0.0/0' } }, /OCPP_TRUSTED_PROXIES/],
  ])('refuses %s', (_what, values, message) => {
    withValues({ ...OWN, gateway: values }, (file) => expect(helmFails(['template', 'x', CHART, '-f', file])).toMatch(message));
  });

  it('refuses Certificates of nobody, and none at all', () => {
    const refusal = (certificates: object): string =>
      withValues({ ...OWN, certificates }, (file) => helmFails(['template', 'x', CHART, '-f', file]));
    expect(refusal({ enabled: true, items: [{ secretName: 's', dnsNames: ['a.example'] }] })).toMatch(/issuerRef\.name is required/);
    expect(refusal({ enabled: true })).toMatch(/items is required/);
  });
});
