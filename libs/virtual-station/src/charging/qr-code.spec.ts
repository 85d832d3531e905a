import { qrCodeAddress } from './qr-code';

const VARIABLES = {
  URLTemplate: 'https://pay.example/{chargingstationid}/{evse}/{totp}?v={version}',
  TOTPVersion: 'v1',
  SharedSecret: 'mysharedsecret',
  ValidityTime: '30',
  Length: '8',
};
const at = new Date(1_700_000_000_000);
const addressOf = (variables: object, limits = {}) =>
  qrCodeAddress(new Map(Object.entries(variables)), { identity: 'CS/1', evse: 2, at, limits });

it('C25.FR.51, C25.FR.52 fills in the station, the EVSE and the one-time code of the moment', () => {
  expect(addressOf(VARIABLES)).toBe('https://pay.example/CS%2F1/2/Mrc351Gu?v=v1');
});

it('C25.FR.56 to 58 adds the limits that the driver typed in', () => {
  expect(addressOf(VARIABLES, { maxenergy: '20000' })).toBe('https://pay.example/CS%2F1/2/Mrc351Gu?v=v1&maxenergy=20000');
  expect(addressOf({ ...VARIABLES, URLTemplate: 'https://pay.example/{totp}' }, { maxcost: '5' })).toBe(
    'https://pay.example/Mrc351Gu?maxcost=5',
  );
});

it.each(Object.keys(VARIABLES))('C25.FR.01 shows no code while the variable %s is not set', (name) => {
  expect(addressOf({ ...VARIABLES, [name]: undefined })).toBeNull();
});
