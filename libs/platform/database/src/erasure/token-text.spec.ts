import { soughtFor, withoutTokens } from './token-text';

const LONG = { idToken: '04A2B3C4D5', pseudonym: 'ERASED-1' };
const SHORT = { idToken: '7', pseudonym: 'ERASED-2' };
const EMAID = { idToken: 'DE-8AA-C12345678-X', pseudonym: 'ERASED-4' };
const WORD = { idToken: 'Accepted', pseudonym: 'ERASED-5' };
const DIGITS = { idToken: '12345678', pseudonym: 'ERASED-6' };
const SLASHED = { idToken: 'AB/CD+0123', pseudonym: 'ERASED-7' };
const UMLAUT = { idToken: 'Müller-4711', pseudonym: 'ERASED-8' };
const QUOTED = { idToken: 'A"B\\C-0123', pseudonym: 'ERASED-3' };

/** Written by hand, apart from the code. */
it.each<[string, string, string, string]>([
  ['a column', 'token', '04a2b3c4d5', 'ERASED-1'],
  ['a path', 'path', '/v1/tokens/04A2B3C4D5?x=1', '/v1/tokens/ERASED-1?x=1'],
  ['a longer id that begins with it', 'token', '04A2B3C4D5F', '04A2B3C4D5F'],
  ['a message', 'payload', '{"idTag":"04a2B3C4D5","meterStart":7}', '{"idTag":"ERASED-1","meterStart":7}'],
  ['a nested message', 'payload', '{"idToken":{"type":"Central","idToken":"7"},"v":"7"}', '{"idToken":{"type":"Central","idToken":"ERASED-2"},"v":"7"}'],
  ['JSON in JSON', 'body', JSON.stringify({ data: JSON.stringify({ idTag: '7', n: '7' }) }), JSON.stringify({ data: '{"idTag":"ERASED-2","n":"7"}' })],
  ['a list of them', 'payload', '{"idTokens": ["7","8"]}', '{"idTokens": ["ERASED-2","8"]}'],
  ['a short one that is no token', 'payload', '{"transactionId":"7","connectorId":7}', '{"transactionId":"7","connectorId":7}'],
  ['numbers that a double cannot hold', 'body', '{"idTag":"7","n":12345678901234567890.10}', '{"idTag":"ERASED-2","n":12345678901234567890.10}'],
  ['an id with quotes', 'payload', JSON.stringify({ idTag: QUOTED.idToken }), '{"idTag":"ERASED-3"}'],
  ['signed values', 'body', '{"signedMeterData":"OCMF|{\\"ID\\":\\"04A2B3C4D5\\"}"}', '{"signedMeterData":"OCMF|{\\"ID\\":\\"04A2B3C4D5\\"}"}'],
  ['broken JSON', 'payload', '{"idTag":"04A2B3C4D5","x', '{"idTag":"ERASED-1","x'],
  ['a short column of tokens', 'id_token', '7', 'ERASED-2'],
  ['a short column of others', 'reference', '7', '7'],
  ['an id with hyphens among words', 'start_key', '1|de-8aa-c12345678-x|0', '1|ERASED-4|0'],
  ['an id with hyphens in a path', 'path', '/v1/tokens/DE-8AA-C12345678-X', '/v1/tokens/ERASED-4'],
  ['a word that is an id, and a status', 'payload', '{"idTag":"Accepted","status":"Accepted","data":"Accepted"}', '{"idTag":"ERASED-5","status":"Accepted","data":"Accepted"}'],
  ['a word in a text', 'reason', 'lost Accepted', 'lost ERASED-5'],
  ['a register', 'payload', '{"sampledValue":[{"value":"12345678"}],"data":"12345678"}', '{"sampledValue":[{"value":"12345678"}],"data":"ERASED-6"}'],
  ['what identifies something else', 'body', '{"station":"04A2B3C4D5","id":"04A2B3C4D5","idToken":"04A2B3C4D5"}', '{"station":"04A2B3C4D5","id":"04A2B3C4D5","idToken":"ERASED-1"}'],
  ['a part of a UUID', 'body', '{"commandId":"12345678-0000-4000-8000-04A2B3C4D500"}', '{"commandId":"12345678-0000-4000-8000-04A2B3C4D500"}'],
  ['a number', 'payload', '{"idTag":12345678,"meterStart":12345678,"idTokens":[7,8]}', '{"idTag":"ERASED-6","meterStart":12345678,"idTokens":["ERASED-2",8]}'],
  ['a short number', 'payload', '{"parentIdTag": 7,"connectorId":7}', '{"parentIdTag": "ERASED-2","connectorId":7}'],
  ['characters by their numbers', 'payload', '{"idTag":"\\u00304A2B3C4\\u0044\\u0035"}', '{"idTag":"ERASED-1"}'],
  ['letters beyond ASCII', 'payload', '{"idTag":"m\\u00fcller-4711","data":"MÜLLER-4711"}', '{"idTag":"ERASED-8","data":"ERASED-8"}'],
  ['escaped slashes', 'payload', '{"idTag":"ab\\/cd+0123"}', '{"idTag":"ERASED-7"}'],
])('%s', (_name, column, text, expected) => {
  const all = [LONG, SHORT, QUOTED, EMAID, WORD, DIGITS, SLASHED, UMLAUT];
  expect(withoutTokens(text, column, all)).toBe(expected);
  // Postgres finds the row: these patterns mean the same here
  if (text !== expected) expect(all.some(({ idToken }) => new RegExp(soughtFor(idToken), 'i').test(text))).toBe(true);
}); // prettier-ignore

it.each(Array.from({ length: 95 }, (_, nth) => String.fromCharCode(32 + nth)))('finds an id with %j wherever it stands', (character) => {
  const token = { idToken: `A1${character}B2C3D4E5`, pseudonym: 'ERASED-1' };
  for (const [text, column] of [
    [token.idToken, 'token'],
    [`of ${token.idToken}, 3`, 'start_key'],
    [JSON.stringify({ data: `x ${token.idToken}` }), 'payload'],
    [JSON.stringify([JSON.stringify({ idTag: token.idToken })]), 'payload'],
  ] as const) {
    expect(withoutTokens(text, column, [token])).toBe(text.replace(/A1.*E5/, token.pseudonym));
    expect(text).toMatch(new RegExp(soughtFor(token.idToken), 'i'));
  }
});

it('takes no longer than its text is long', () => {
  const started = performance.now();
  const text = `{"idTag":"${'\\\\'.repeat(200_000)}04A2B3C4D5"`;
  withoutTokens(text, 'payload', [LONG]);
  withoutTokens('"'.repeat(100_000) + LONG.idToken, 'payload', [LONG]);
  expect(performance.now() - started).toBeLessThan(5_000);
});
