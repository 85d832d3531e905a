import { qrCodeAddress } from './qr-code';

const told = {
  URLTemplate: 'https://pay.example/{chargingstationid}/{evse}/{totp}?v={version}',
  TOTPVersion: 'v1',
  SharedSecret: 'mysharedsecret',
  ValidityTime: '30',
  Length: '8',
};
const at = new Date(1_700_000_000_000);
const shown = (variables: object, asked = {}) =>
  qrCodeAddress(new Map(Object.entries(variables)), { identity: 'CS/1', evse: 2, at, asked });

it('C25.FR.51, C25.FR.52 fills in the station, the EVSE and the code of the moment', () => {
  expect(shown(told)).toBe('https://pay.example/CS%2F1/2/Mrc351Gu?v=v1');
});

it('C25.FR.56 to 58 adds what the driver asked for', () => {
  expect(shown(told, { maxenergy: '20000' })).toBe('https://pay.example/CS%2F1/2/Mrc351Gu?v=v1&maxenergy=20000');
  expect(shown({ ...told, URLTemplate: 'https://pay.example/{totp}' }, { maxcost: '5' })).toBe('https://pay.example/Mrc351Gu?maxcost=5');
});

it.each(Object.keys(told))('C25.FR.01 shows nothing while it was not told its %s', (name) => {
  expect(shown({ ...told, [name]: undefined })).toBeNull();
});
