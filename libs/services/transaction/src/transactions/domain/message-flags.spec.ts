import { FLAGS } from '@voltbus/contracts';
import { messageFlags } from './message-flags';

it('flags a session for what its messages lacked and for numbers that none can be, each once', () => {
  const leniency = ['unknown-property /x', 'missing-member /timestamp', 'missing-member /meterStart', 'number-out-of-range /connectorId'];
  expect(messageFlags(leniency)).toEqual(['missing-members', 'number-out-of-range']);
  for (const flag of messageFlags(leniency)) expect(FLAGS).toHaveProperty(flag);
});

it('flags nothing for leniencies that lose nothing', () => {
  expect(messageFlags(['text-as-number /meterStart', 'large-integer /transactionId', 'zone-missing /timestamp'])).toEqual([]);
});

it.each([
  ['/idToken', 'missing-members'],
  ['/evse/connectorId', 'missing-members'],
  ['/transactionInfo', 'missing-members'],
  ['/meterValue', 'missing-members'],
  ['/meterValue/*/sampledValue/*', 'number-out-of-range'],
])('flags a session of a message with an unreadable %s, which was left out', (place, flag) => {
  expect(messageFlags([`unreadable-dropped ${place}`])).toEqual([flag]);
});

it('flags nothing for what was left out and bills nothing', () => {
  expect(
    messageFlags(['unreadable-dropped /customData', 'unreadable-dropped /transactionInfoOfAnother', 'unreadable-dropped /reason']),
  ).toEqual([]);
});

it('shows that a message was read by a quirk that is switched on for its station', () => {
  expect(messageFlags(['quirk-energy-in-kwh /meterStart', 'quirk-utc-times-are-local /timestamp'])).toEqual(['quirk-applied']);
  expect(FLAGS).toHaveProperty('quirk-applied');
});
