import { defaultSummary } from './default-summary';

it.each([
  ['get', '/v1/stations', 'List stations'],
  ['get', '/v1/stations/{station}', 'Show a station'],
  ['get', '/v1/api-keys/{id}', 'Show an API key'],
  ['get', '/v1/cdrs', 'List CDRs'],
  ['get', '/v1/stations/{station}/messages', 'List the messages of a station'],
  ['put', '/v1/tariff-assignments/{kind}/{group}', 'Create or replace a tariff assignment'],
  ['patch', '/v1/tokens/{idToken}', 'Change members of a token'],
  ['delete', '/v1/tokens/{idToken}', 'Remove a token'],
  ['post', '/v1/api-keys', null],
  ['post', '/v1/commands/{id}/cancel', null],
])('describes %s %s as %j', (method, path, summary) => {
  expect(defaultSummary(method, path)).toBe(summary);
});
