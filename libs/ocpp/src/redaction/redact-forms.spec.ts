import { REDACTED, mayContainSecret, redact, redactText } from '.';

const SECRET = 'S3cr3t-of-16-chars';
const keyCode = { idToken: SECRET, type: 'KeyCode', additionalInfo: [{ additionalIdToken: SECRET, type: 'PIN' }] };

describe('secrets in the forms of vendors and tools', () => {
  const basic = Buffer.from(`cs:${SECRET}`).toString('base64');
  const signed = `https://b.s3.example/log?X-Amz-Credential=${SECRET}&X-Amz-Signature=${SECRET}&part=1`;

  it.each<[string, unknown, unknown?]>([
    ['a password with slashes in a URL', { location: `ftp://cs:a/${SECRET}@files.example/log` }],
    ['a password with an at sign in a URL', { location: `ftp://cs:a@${SECRET}@files.example/log` }],
    ['a URL in a sentence', `cannot upload to ftp://cs:${SECRET}@files.example/log: timeout`],
    [
      'a signed URL',
      { location: signed },
      { location: `https://b.s3.example/log?X-Amz-Credential=${REDACTED}&X-Amz-Signature=${REDACTED}&part=1` },
    ],
    [
      'a shared access signature',
      { location: `https://a.blob.example/log?sv=2024&sig=${SECRET}` },
      { location: `https://a.blob.example/log?sv=2024&sig=${REDACTED}` },
    ],
    ['a token in a URL', `https://files.example/fw.bin?token=${SECRET}`, `https://files.example/fw.bin?token=${REDACTED}`],
    ['a header of credentials', { headers: { Authorization: `Bearer ${SECRET}` } }],
    ['the same in a text', `said Authorization: Basic ${basic}`],
    ['a bearer in a text', `refused Bearer ${SECRET}`, `refused Bearer ${REDACTED}`],
    [
      'JSON in a text',
      JSON.stringify([{ name: 'wifiPassword', value: SECRET }]),
      JSON.stringify([{ name: 'wifiPassword', value: REDACTED }]),
    ],
    ['JSON in JSON in a text', JSON.stringify({ body: JSON.stringify({ key: 'WifiKey', value: SECRET }) })],
    [
      'a pair of another vendor',
      {
        params: [
          { param: 'Admin_PIN', val: SECRET },
          { param: 'Volume', val: '5' },
        ],
      },
      {
        params: [
          { param: 'Admin_PIN', val: REDACTED },
          { param: 'Volume', val: '5' },
        ],
      },
    ],
    ['XML', `<config><password>${SECRET}</password></config>`],
    ['a form', `user=cs&password=${SECRET}&x=1`],
    ['a key of 1.6 by its kind', { configurationKey: [{ key: 'Vendor.EncryptionKey', readonly: false, value: SECRET }] }],
    ['a token of a vendor', { accessToken: SECRET, refresh_token: SECRET, token: SECRET }],
    ['a key that is named with blanks', { key: ' AuthorizationKey ', value: SECRET }],
  ])('are removed from %s', (_name, payload, shown: unknown = undefined) => {
    const text = JSON.stringify(redact(payload).payload);
    expect(mayContainSecret(JSON.stringify(payload))).toBe(true);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(basic);
    if (shown !== undefined) expect(redact(payload).payload).toEqual(shown);
    if (typeof payload === 'string') expect(redactText(payload)).toBe(redact(payload).payload);
  });

  it.each<[unknown]>([
    [{ location: 'http://files.example:8080/fw@2.bin?part=1&design=x' }],
    [{ location: 'ftp://files.example/' }],
    ['Basic charging profile'],
    [{ key: 'MeterValueSampleInterval', value: '60' }],
    [{ publicKey: '3059', signedMeterData: 'T0NNRg==' }],
    [{ idTag: 'CARD-1', keyId: '7', unknownKey: ['Password'] }],
    [{ idToken: 'abc', type: 'Central' }],
  ])('are not suspected in %j', (payload) => {
    expect(redact(payload).payload).toEqual(payload);
  });

  it('keep typed-in tokens when a feature needs them', () => {
    const list = { localAuthorizationList: [{ idToken: keyCode }] };
    expect(redact(list, { keyCodes: false }).payload).toEqual({
      localAuthorizationList: [{ idToken: { ...keyCode } }],
    });
  });

  it('are removed in bounded time from deep payloads and hostile texts', () => {
    let deep: unknown = SECRET;
    for (let level = 0; level < 1_000; level++) deep = [deep];
    expect(JSON.stringify(redact(deep).payload)).not.toContain(SECRET);
    for (const part of ['://a:b', '?keykey', 'token ', '-BEGIN A ', '{"password":', '[']) redactText(part.repeat(200_000 / part.length));
  });
});
