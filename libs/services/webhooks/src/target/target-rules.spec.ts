import { resolveTarget, TargetRefused } from './target-resolver';
import { addressFault, urlFault, type TargetRules } from './target-rules';

const PUBLIC: TargetRules = { allowedAddresses: [], allowedPorts: [443, 8443] };
const LISTED: TargetRules = { allowedAddresses: ['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32'], allowedPorts: [80, 443, 9999] };

describe('the URL of a webhook', () => {
  it.each([
    'https://example.com/hook?token=x',
    'https://example.com:8443',
    'https://93.184.216.34/',
    'https://[2606:4700:4700::1111]/',
    'https://bücher.example/',
    'HTTPS://EXAMPLE.COM/',
  ])('may be %s', (url) => expect(urlFault(url, PUBLIC)).toBeNull());

  it.each([
    ['http://example.com/', /https/],
    ['ftp://example.com/', /https/],
    ['file:///etc/passwd', /https/],
    ['gopher://example.com/', /https/],
    ['javascript:alert(1)', /https/],
    ['//example.com', /no URL/],
    ['example.com', /no URL/],
    ['https://', /no URL/],
    ['https:///hook', /no URL/],
    ['https:example.com', /no URL/],
    ['https:\\\\example.com', /no URL/],
    ['https://example.com\\@127.0.0.1/', /no URL/],
    [' https://example.com/', /no URL/],
    ['https://example.com/a b', /no URL/],
    ['https://user@example.com/', /user/],
    ['https://:secret@example.com/', /user/],
    ['https://example.com/#fragment', /fragment/],
    ['https://example.com:22/', /port/],
    ['https://example.com:80/', /port/],
    ['https://example.com:0/', /port/],
    [`https://example.com/${'x'.repeat(2_000)}`, /longer/],
  ])('may not be %s', (url, fault) => expect(urlFault(url, PUBLIC)).toMatch(fault));

  it.each([
    // the loopback, in every notation that URL reads
    ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.1', '127.0.0.1.', '127.255.255.254'],
    ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '%31%32%37.0.0.1', '①②⑦.0.0.1'],
    // private, shared, link-local, metadata services
    ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '100.127.255.254', '100.100.100.200'],
    ...[
      '169.254.169.254',
      '0xa9fea9fe',
      '169.254.0.1',
      '168.63.129.16',
      '192.0.0.192',
      '[fd00:ec2::254]',
      '[fe80::1]',
      '[fc00::1]',
      '[fdff::1]',
    ],
    // unspecified, broadcast, multicast, reserved, documentation, benchmarks
    ...[
      '0.0.0.0',
      '0',
      '0.1.2.3',
      '255.255.255.255',
      '224.0.0.1',
      '239.255.255.255',
      '240.0.0.1',
      '198.18.0.1',
      '192.0.2.1',
      '203.0.113.9',
    ],
    ...['[::]', '[ff02::1]', '[2001:db8::1]', '[100::1]', '[fec0::1]', '[4000::1]', '[5f00::1]'],
    // an address of IPv4 within one of IPv6: mapped, 6to4, NAT64 (both prefixes), Teredo, ISATAP of a private network
    ...[
      '[::ffff:10.0.0.1]',
      '[::ffff:8.8.8.8]',
      '[2002:a00:1::]',
      '[2002:7f00:1::1]',
      '[64:ff9b::10.0.0.1]',
      '[64:ff9b:1::a00:1]',
      '[2001::1]',
    ],
    ...['[fe80::5efe:10.0.0.1]'],
  ])('may not have the host %s', (host) => {
    expect(urlFault(`https://${host}/`, PUBLIC)).not.toBeNull();
  });

  it('may have a listed address, also without TLS, and no other private one', () => {
    expect(urlFault('http://10.1.2.3/', LISTED)).toBeNull();
    expect(urlFault('http://127.0.0.1:9999/', LISTED)).toBeNull();
    expect(urlFault('https://[fd00:1::7]/', LISTED)).toBeNull();
    for (const host of ['10.2.0.1', '127.0.0.2', '[fd00:2::7]', '[::ffff:10.1.2.3]', '[::ffff:127.0.0.1]', '[::1]'])
      expect(urlFault(`https://${host}/`, LISTED)).toMatch(/not a public address/);
    expect(urlFault('http://93.184.216.34/', LISTED)).toMatch(/https/);
    expect(urlFault('http://10.1.2.3:6379/', LISTED)).toMatch(/port/);
  });
});

describe('the addresses of a name', () => {
  const url = new URL('https://receiver.example/');
  const resolved = (addresses: readonly string[], rules = PUBLIC) => resolveTarget(url, rules, () => Promise.resolve(addresses));

  it('are those that a connection may go to', async () => {
    expect(await resolved(['93.184.216.34', '2606:4700::1'])).toEqual(['93.184.216.34', '2606:4700::1']);
  });

  it.each([
    [['10.0.0.1']],
    [['93.184.216.34', '169.254.169.254']],
    [['93.184.216.34', '::1']],
    [['::ffff:93.184.216.34']],
    [['fe80::1%eth0']],
    [['not an address']],
    [Array.from({ length: 33 }, (_, index) => `93.184.216.${index}`)],
  ])('are refused together where they are %j', async (addresses) => {
    await expect(resolved(addresses)).rejects.toThrow(TargetRefused);
  });

  it('must all be listed where the URL has no TLS', () => {
    const plain = new URL('http://receiver.example/');
    expect(addressFault('10.1.0.1', plain, LISTED)).toBeNull();
    expect(addressFault('93.184.216.34', plain, LISTED)).toMatch(/https/);
  });
});
