import type { Protocol } from '@voltbus/contracts';
import type { Answer, StationMessage } from '@voltbus/service';
import { silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { RouterTelemetry } from '../telemetry';
import { dataTransfer as dataTransfer16 } from './ocpp16/data-transfer';
import { dataTransfer as dataTransfer2 } from './ocpp2/data-transfer';
import { MAX_OPEN_ANSWERS, VendorAnswers } from './vendor-answers';
import { thermometer } from './example-thermometer';
import type { DataTransferVendor, VendorMessage } from './vendor';

const ANSWER_MS = 50;
let metrics: TestMetrics;
beforeEach(() => {
  metrics = testMetrics();
});

function asking(vendor: DataTransferVendor) {
  const vendors = new VendorAnswers([vendor], new RouterTelemetry(silentLogger, metrics), ANSWER_MS);
  return (payload: object, protocol: Protocol = 'ocpp1.6'): Promise<Answer> => {
    const message: Partial<StationMessage> = { ref: { tenant: 'default', station: 'CS-1' }, protocol, payload, receivedAt: new Date(0) };
    const { decide } = protocol === 'ocpp1.6' ? dataTransfer16(vendors) : dataTransfer2(vendors);
    return decide(message as StationMessage<never>); // the other members are not read
  };
}

const vendor = (answer: DataTransferVendor['answer']): DataTransferVendor => ({ vendorId: 'org.Acme', answer });
const outcomes = (outcome: string): number => metrics.total('data_transfer_total', { outcome });

describe('DataTransfer from a station', () => {
  it('is answered by its vendor, whose name is compared without regard to case', async () => {
    const received: VendorMessage[] = [];
    const ask = asking(
      vendor((message) => {
        received.push(message);
        return Promise.resolve({ status: 'Accepted', data: 'fine' });
      }),
    );
    const { payload } = await ask({ vendorId: 'ORG.ACME', messageId: 'Ping', data: 'hello' });
    expect(payload).toEqual({ status: 'Accepted', data: 'fine' });
    expect(received).toEqual([
      { ref: { tenant: 'default', station: 'CS-1' }, protocol: 'ocpp1.6', messageId: 'Ping', data: 'hello', receivedAt: new Date(0) },
    ]);
    expect(outcomes('Accepted')).toBe(1);
  });

  it('of an unknown vendor is answered UnknownVendorId, and is no label of a metric (P02.FR.06)', async () => {
    const ask = asking(vendor(() => Promise.reject(new Error('not mine'))));
    expect((await ask({ vendorId: 'who', data: 'x' })).payload).toEqual({ status: 'UnknownVendorId' });
    expect(metrics.total('data_transfer_total', { vendor: 'unknown', outcome: 'UnknownVendorId' })).toBe(1);
  });

  it('is answered with data as a string on 1.6 and as it is on 2.x', async () => {
    const ask = asking(vendor(() => Promise.resolve({ status: 'Accepted', data: { celsius: 21 } })));
    expect((await ask({ vendorId: 'org.Acme' })).payload).toEqual({ status: 'Accepted', data: '{"celsius":21}' });
    expect((await ask({ vendorId: 'org.Acme' }, 'ocpp2.0.1')).payload).toEqual({ status: 'Accepted', data: { celsius: 21 } });
  });

  it('is Rejected when its vendor throws, at once or later', async () => {
    const later = asking(vendor(() => Promise.reject(new Error('broken'))));
    expect((await later({ vendorId: 'org.Acme' })).payload).toEqual({ status: 'Rejected' });
    const atOnce = asking(
      vendor(() => {
        throw new Error('broken');
      }),
    );
    expect((await atOnce({ vendorId: 'org.Acme' })).payload).toEqual({ status: 'Rejected' });
    expect(outcomes('failed')).toBe(2);
  });

  it('is Rejected when its vendor does not answer in time, and at once while too many of its answers are missing', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const ask = asking(vendor(() => held.then(() => ({ status: 'Accepted' as const }))));
    const asked = await Promise.all(Array.from({ length: MAX_OPEN_ANSWERS }, () => ask({ vendorId: 'org.Acme' })));
    expect(asked.map(({ payload }) => payload)).toEqual(asked.map(() => ({ status: 'Rejected' })));
    expect((await ask({ vendorId: 'org.Acme' })).payload).toEqual({ status: 'Rejected' });
    expect([outcomes('late'), outcomes('busy')]).toEqual([MAX_OPEN_ANSWERS, 1]);
    release();
    await new Promise((turn) => setImmediate(turn));
    expect((await ask({ vendorId: 'org.Acme' })).payload).toEqual({ status: 'Accepted' });
  });

  it('has one vendor of a name', () => {
    const twice = [vendor(() => Promise.reject(new Error())), { ...vendor(() => Promise.reject(new Error())), vendorId: 'ORG.acme' }];
    expect(() => new VendorAnswers(twice, new RouterTelemetry(silentLogger, metrics))).toThrow('the same vendorId');
  });

  it('of Plug & Charge never comes here: it can have no vendor (quirk 79)', () => {
    const own = { ...vendor(() => Promise.reject(new Error())), vendorId: 'org.openchargealliance.ISO15118pnc' };
    expect(() => new VendorAnswers([own], new RouterTelemetry(silentLogger, metrics))).toThrow('answered by the transaction service');
  });
});

describe("the how-to's example", () => {
  it('stores the temperatures of stations, and refuses unknown messages', async () => {
    const stored: unknown[] = [];
    const ask = asking(thermometer((ref, celsius) => Promise.resolve(void stored.push([ref.station, celsius]))));
    const vendorId = 'com.example.thermometer';
    expect((await ask({ vendorId, messageId: 'Temperature', data: '{"celsius": 41.5}' })).payload).toEqual({ status: 'Accepted' });
    expect((await ask({ vendorId, messageId: 'Temperature', data: { celsius: 42 } })).payload).toEqual({ status: 'Accepted' });
    expect((await ask({ vendorId, messageId: 'Temperature', data: 'warm' })).payload).toEqual({ status: 'Rejected' });
    expect((await ask({ vendorId, messageId: 'Humidity', data: '{}' })).payload).toEqual({ status: 'UnknownMessageId' });
    expect(stored).toEqual([
      ['CS-1', 41.5],
      ['CS-1', 42],
    ]);
  });
});
