import { withoutTokens } from './token-text';

const LONG = { idToken: '04A2B3C4D5', pseudonym: 'ERASED-1' };
const SHORT = { idToken: '7', pseudonym: 'ERASED-2' };
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
])('%s', (_name, column, text, expected) => {
  expect(withoutTokens(text, column, [LONG, SHORT, QUOTED])).toBe(expected);
}); // prettier-ignore

it('takes no longer than its text is long', () => {
  const started = performance.now();
  const text = `{"idTag":"${'\\\\'.repeat(200_000)}04A2B3C4D5"`;
  withoutTokens(text, 'payload', [LONG]);
  withoutTokens('"'.repeat(100_000) + LONG.idToken, 'payload', [LONG]);
  expect(performance.now() - started).toBeLessThan(5_000);
});
