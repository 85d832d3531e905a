import { startService, type SendingStation, type ServiceFixture } from './service-fixture';

const BEGIN = Date.now() - 3_600_000;

/** So many minutes after the session began, an hour before the tests. */
export const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

export const station = (name: string, more: Partial<SendingStation> = {}): SendingStation => ({
  protocol: 'ocpp1.6',
  station: name,
  ...more,
});

/** The service with a token that is accepted, of a group, and one that is blocked. */
export async function startServiceWithTokens(): Promise<ServiceFixture> {
  const service = await startService();
  const token = { type: 'ISO14443', groupId: null, expiresAt: null, concurrent: true };
  await service.tokenStore.put('default', { ...token, idToken: 'Tag-1', status: 'Accepted', groupId: 'FLEET' });
  await service.tokenStore.put('default', { ...token, idToken: 'BLOCKED', status: 'Blocked' });
  return service;
}

export const startOf = (change: object = {}) => ({ connectorId: 1, idTag: 'TAG-1', meterStart: 1000, timestamp: at(0), ...change });

export const stopOf = (transactionId: number, change: object = {}) => ({
  transactionId,
  idTag: 'TAG-1',
  meterStop: 8350,
  timestamp: at(30),
  reason: 'EVDisconnected',
  ...change,
});

/** MeterValues with one reading; without an id they name no transaction. */
export const readingOf = (transactionId: number | undefined, minutes: number, value: string, change: object = {}) => ({
  connectorId: 1,
  ...(transactionId === undefined ? {} : { transactionId }),
  meterValue: [{ timestamp: at(minutes), sampledValue: [{ value, ...change }] }],
});

/** Starts a transaction; its id as the station is told it. */
export async function startTransaction(service: ServiceFixture, who: SendingStation, change: object = {}): Promise<number> {
  const answer = await service.receive(who, 'StartTransaction', startOf(change));
  return Number(answer['transactionId']);
}
