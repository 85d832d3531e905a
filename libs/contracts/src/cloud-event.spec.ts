import { fromCloudEventHeaders, toCloudEventHeaders } from './cloud-event';

const event = {
  id: 'x',
  type: 'voltbus.cdr.issued',
  source: '/voltbus/cdr',
  time: '2026-11-23T12:00:00.000Z',
  subject: 'default/CS-1',
  tenant: 'default',
};

describe('CloudEvents headers', () => {
  it('follow the Kafka binary mode and are read back', () => {
    const headers = toCloudEventHeaders(event);
    expect(headers).toMatchObject({ ce_specversion: '1.0', ce_id: 'x', ce_type: 'voltbus.cdr.issued', 'content-type': 'application/json' });
    expect(fromCloudEventHeaders(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)])))).toEqual(
      event,
    );
  });

  it('throw when a required attribute is missing', () => {
    expect(() => fromCloudEventHeaders({ ce_id: Buffer.from('x') })).toThrow('ce_type');
  });
});
