import { MAX_CHAIN, PLAIN, type ConnectionSecurity, type PresentedCertificate } from './connection-security';

/**
 * How the proxies pass on what they know of a station's TLS. `forwarded-proto`: `X-Forwarded-Proto` alone, which every other form of a header has beside it.
 * `client-cert`: RFC 9440. `xfcc`: Envoy. `aws`: an Application Load Balancer. `nginx`: `ssl-client-cert`, as the ingress controller writes it.
 */
export type ProxyTls = 'none' | 'proxy-protocol' | 'forwarded-proto' | 'client-cert' | 'xfcc' | 'aws' | 'nginx';

const PEM = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;
/** A byte sequence of structured fields (RFC 8941, 3.3.5), and nothing else in the field: two of them mean that a client added one. */
const BYTE_SEQUENCE = /^ *:([A-Za-z0-9+/]+={0,2}): *$/;
/** A pair of an element of Envoy's list, with what ends it. Separators stand in quotes, and quotes around the whole value. */
const PAIRS = /\s*([a-z]+)=(?:"((?:\\.|[^"\\])*)"|([^",;]*))(;|,|$)/giy;
const UNREADABLE: PresentedCertificate = { by: 'forwarded', leaf: new Uint8Array(), chain: [] };

export type HeaderOf = (name: string) => string | undefined;

const READERS: Readonly<Record<ProxyTls, ((header: HeaderOf) => PresentedCertificate | null) | null>> = {
  none: null,
  'proxy-protocol': null,
  'forwarded-proto': () => null,
  'client-cert': clientCert,
  xfcc,
  aws,
  nginx: (header) => escaped(header('ssl-client-cert')),
};

/** What a proxy says in the headers of a request, which must come from a proxy of ours; null where the form has no headers. */
export function forwardedSecurity(form: ProxyTls, header: HeaderOf): ConnectionSecurity | null {
  const read = READERS[form];
  if (read === null) return null;
  const certificate = read(header);
  const scheme = header('x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase();
  const encrypted = certificate !== null || scheme === 'https' || scheme === 'wss';
  return encrypted ? { encrypted, certificate } : PLAIN;
}

function clientCert(header: HeaderOf): PresentedCertificate | null {
  const field = header('client-cert');
  if (field === undefined) return null;
  const leaf = bytesOf(field);
  const chain = (header('client-cert-chain') ?? '')
    .split(',')
    .slice(0, MAX_CHAIN)
    .flatMap((item) => bytesOf(item) ?? []);
  return leaf === null ? UNREADABLE : { by: 'forwarded', leaf, chain };
}

function bytesOf(item: string): Buffer | null {
  const [, base64] = BYTE_SEQUENCE.exec(item) ?? [];
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
}

/** The load balancer writes one of the two, by its mode: where both are there, a client added one. */
function aws(header: HeaderOf): PresentedCertificate | null {
  const [leaf, chain] = [header('x-amzn-mtls-clientcert-leaf'), header('x-amzn-mtls-clientcert')];
  return leaf !== undefined && chain !== undefined ? UNREADABLE : escaped(leaf ?? chain);
}

/** The last element is that of the proxy before us; earlier ones may be of anybody. */
function xfcc(header: HeaderOf): PresentedCertificate | null {
  const list = header('x-forwarded-client-cert');
  if (!list) return null;
  const element = lastElement(list);
  return element === null ? UNREADABLE : escaped(element.get('chain') ?? element.get('cert') ?? '');
}

/** Null where the list breaks its form anywhere: a quote that is not closed in an earlier element would reach into the last one. */
function lastElement(list: string): ReadonlyMap<string, string> | null {
  let element = new Map<string, string>();
  let read = 0;
  for (const [pair, name = '', quoted, plain = '', end] of list.matchAll(PAIRS)) {
    read += pair.length;
    element.set(name.toLowerCase(), quoted?.replaceAll('\\"', '"') ?? plain);
    if (end === ',') element = new Map();
  }
  return read === list.length ? element : null;
}

/** Certificates in PEM, percent-encoded; the first is that of the station. A comma is in none: it joins two headers of one name, one of which a client added. */
function escaped(value: string | undefined): PresentedCertificate | null {
  if (value === undefined) return null;
  if (value.includes(',')) return UNREADABLE;
  const [leaf, ...chain] = [...decoded(value).matchAll(PEM)].slice(0, MAX_CHAIN).map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  return leaf === undefined ? UNREADABLE : { by: 'forwarded', leaf, chain };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
