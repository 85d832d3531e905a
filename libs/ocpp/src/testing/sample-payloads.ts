// Valid payloads that specs change: of 1.6, but for `report` and `event`, which are of 2.x.
export const transaction = { connectorId: 1, idTag: 'A', meterStart: 5, timestamp: '2026-05-01T10:00:00Z' };
export const stop = { transactionId: 1, meterStop: 10, timestamp: '2026-05-01T11:00:00Z' };
export const meter = (sample: object): object => ({
  connectorId: 1,
  meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: [sample] }],
});
export const report = { generatedAt: '2026-05-01T10:00:00Z', seqNo: 0, eventData: [] };
export const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
export const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };
export const event = {
  eventType: 'Updated',
  timestamp: '2026-05-01T10:00:00Z',
  triggerReason: 'MeterValuePeriodic',
  seqNo: 1,
  transactionInfo: { transactionId: 't' },
};
