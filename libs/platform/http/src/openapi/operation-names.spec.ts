import { operationIdOf, tagOf } from './operation-names';

it.each([
  ['get', '/v1/stations', 'listStations', 'Stations'],
  ['get', '/v1/stations/{station}', 'getStation', 'Stations'],
  ['put', '/v1/stations/{station}', 'putStation', 'Stations'],
  ['patch', '/v1/stations/{station}', 'patchStation', 'Stations'],
  ['delete', '/v1/tariff-assignments/{kind}/{group}', 'deleteTariffAssignment', 'TariffAssignments'],
  ['post', '/v1/api-keys', 'createApiKey', 'ApiKeys'],
  ['post', '/v1/cdrs/{id}/release', 'releaseCdr', 'Cdrs'],
  ['post', '/v1/stations/{station}/remote-start', 'remoteStartStation', 'Stations'],
  ['get', '/v1/transactions/{id}/meter-values', 'listTransactionMeterValues', 'Transactions'],
  ['get', '/v1/webhooks/{webhook}/deliveries/{delivery}', 'getWebhookDelivery', 'Webhooks'],
  ['get', '/v1/transactions/{id}/limit', 'getTransactionLimit', 'Transactions'],
])('names %s %s %s, among %s', (method, path, operationId, tag) => {
  expect([operationIdOf(method, path), tagOf(path)]).toEqual([operationId, tag]);
});
