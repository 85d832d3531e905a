import { isDecimal, readStationTime } from '@voltbus/contracts';
import { checkRequest, redact, redactText } from '@voltbus/ocpp';
import { hostileTexts } from '@voltbus/testing';
import { idFromHashData, readPem } from '@voltbus/pki';
import { printable } from '../authorization/domain/authorization';
import { isSameContract } from '../plug-and-charge/domain/contract-certificate';
import { templateFault } from '../payment/domain/qr-address';
import { readSamples } from '../metering/domain/reading';

const where = { evse: 1, transaction: '', time: { at: 0, raw: null } };

/**
 * Whatever reads text of a station or of an operator; each ends in time that grows with the text and no faster, or this
 * test does not end.
 */
const READERS: Record<string, (text: string) => unknown> = {
  'a message': (text) => {
    const meterValue = [{ timestamp: text, sampledValue: [{ value: text, unit: text, context: text }] }];
    return checkRequest('ocpp1.6', 'MeterValues', { connectorId: text, transactionId: text, meterValue }, 'inbound');
  },
  'a value': (text) => readSamples([{ value: text, unit: text, multiplier: 3 }], where),
  'a secret in it': (text) => [redactText(text), redact({ text })],
  'a number': isDecimal,
  'a time': (text) => readStationTime(text, new Date()),
  'a token': printable,
  'a contract': (text) => isSameContract(text, 'DE8AA1A2B3C4D5'),
  'an address': (text) => templateFault(text, { evse: 1, dynamic: true }),
};
const REFUSERS: Record<string, (text: string) => unknown> = {
  certificates: (text) => readPem(text, 6),
  'hash data': (text) =>
    idFromHashData({ hashAlgorithm: 'SHA256', issuerNameHash: text, issuerKeyHash: text, serialNumber: text.slice(0, -1) }),
};

it.each(Object.keys(READERS))('%s of 200,000 characters is read, whatever they are', (what) => {
  for (const text of hostileTexts()) expect(() => READERS[what]?.(text)).not.toThrow();
});

it.each(Object.keys(REFUSERS))('%s of 200,000 characters are refused, whatever they are', (what) => {
  for (const text of hostileTexts()) expect(() => REFUSERS[what]?.(text)).toThrow();
});
