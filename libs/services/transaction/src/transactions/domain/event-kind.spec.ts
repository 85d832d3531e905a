import { eventKind } from './event-kind';

it.each([
  ['a reason to stop', { seqNo: 3, stoppedReason: 'Local' }, 'ended'],
  ['a reason to stop, and the first number', { seqNo: 0, stoppedReason: 'Local' }, 'ended'],
  ['the first number', { seqNo: 0, stoppedReason: undefined }, 'started'],
  ['another number', { seqNo: 1, stoppedReason: undefined }, 'updated'],
  ['nothing', { seqNo: undefined, stoppedReason: undefined }, 'updated'],
] as const)('judges an event without a valid eventType and with %s by that', (_what, event, kind) => {
  expect(eventKind(event)).toBe(kind);
});
