import { namesIn, readAddress, templateFault } from './qr-address';

const PATH = 'https://pay.example/{chargingstationid}/{evse}/{totp}/{version}';
const QUERY = 'https://pay.example/qr/{totp}?v={version}&cs={chargingstationid}';
const STICKER = 'https://pay.example/s/{chargingstationid}/';
const read = (template: string, address: string) => readAddress(template, new URL(address));

describe('C25.FR.50: the template of an address', () => {
  it.each([
    [PATH, { evse: 0, dynamic: true }],
    [PATH, { evse: 3, dynamic: true }],
    [QUERY, { evse: 0, dynamic: true }],
    [STICKER, { evse: 0, dynamic: false }],
    ['http://localhost:8080/{chargingstationid}/{evse}', { evse: 2, dynamic: false }],
  ])('%s can be filled in and read: %j', (template, where) => expect(templateFault(template, where)).toBeNull());

  it.each([
    ['pay.example/{chargingstationid}', false, 0, 'no web address'],
    ['ftp://pay.example/{chargingstationid}', false, 0, 'no web address'],
    ['https://{chargingstationid}.example/', false, 0, '{chargingstationid}'],
    ['https://pay.example/{totp}/{version}', true, 0, 'lacks {chargingstationid}'],
    ['https://pay.example/{chargingstationid}/{totp}', true, 0, 'lacks {version}'],
    ['https://pay.example/{chargingstationid}/{version}', true, 0, 'lacks {totp}'],
    [QUERY, true, 1, 'lacks {evse}'],
    [PATH, false, 0, 'there is no totp'],
    ['https://pay.example/{roamingevseid}/{chargingstationid}', false, 0, '{roamingevseid}'],
    ['https://pay.example/cs-{chargingstationid}', false, 0, '{chargingstationid}'],
    ['https://pay.example/{ChargingStationId}', false, 0, '{ChargingStationId}'],
    ['https://pay.example/#{chargingstationid}', false, 0, '{chargingstationid}'],
    ['https://pay.example/{chargingstationid}/{evse}/{evse}', false, 0, 'twice'],
    ['https://pay.example/{chargingstationid}/{evse', false, 0, 'loose brace'],
  ])('%s is refused (one-time codes: %s, EVSE %d): %s', (template, dynamic, evse, why) =>
    expect(templateFault(template, { evse, dynamic })).toContain(why),
  );
});

describe('C25.FR.09: an address', () => {
  it.each([
    [PATH, 'https://pay.example/CS-1/2/aHicux89/v1', { station: 'CS-1', evse: 2, code: 'aHicux89', version: 'v1' }],
    [
      PATH,
      'https://PAY.example:443/CS%2F1/2/aHicux89/v1/?maxenergy=20000#top',
      { station: 'CS/1', evse: 2, code: 'aHicux89', version: 'v1' },
    ],
    [QUERY, 'https://pay.example/qr/aHicux89?cs=CS-1&lang=de&v=v1', { station: 'CS-1', evse: null, code: 'aHicux89', version: 'v1' }],
    [STICKER, 'https://pay.example/s/CS-1', { station: 'CS-1', evse: null, code: null, version: null }],
  ])('of %s is read, whatever else is in its query: %s', (template, address, values) => expect(read(template, address)).toEqual(values));

  it.each([
    ['http://pay.example/CS-1/2/aHicux89/v1', 'another scheme'],
    ['https://pay.example.evil/CS-1/2/aHicux89/v1', 'another host'],
    ['https://pay.example:8443/CS-1/2/aHicux89/v1', 'another port'],
    ['https://pay.example/CS-1/2/aHicux89', 'a part is missing'],
    ['https://pay.example/CS-1//aHicux89/v1', 'a part is empty'],
    ['https://pay.example/x/CS-1/2/aHicux89/v1', 'a part too many'],
    ['https://pay.example/CS-1/2/aHicux89/v1/more', 'a part too many at its end'],
    ['https://pay.example/CS-1/0/aHicux89/v1', 'no EVSE'],
    ['https://pay.example/CS-1/1000/aHicux89/v1', 'more EVSEs than there are'],
    ['https://pay.example/CS-1/two/aHicux89/v1', 'an EVSE in words'],
  ])('%s is of another template: %s', (address) => expect(read(PATH, address)).toBeNull());

  it('is of another template when a fixed part differs, or its query lacks something', () => {
    expect(read(STICKER, 'https://pay.example/t/CS-1')).toBeNull();
    expect(read(QUERY, 'https://pay.example/qr/aHicux89?cs=CS-1')).toBeNull();
    expect(read(QUERY, 'https://pay.example/qr/aHicux89?cs=&v=v1')).toBeNull();
  });

  it('may name a station in any whole part, if that can be stored', () => {
    expect(namesIn(new URL('https://pay.example/a/CS%2F1/%00/%zz?x=b&y=%0A'))).toEqual(['a', 'CS/1', '%zz', 'b']);
  });
});
