import { recordedFrom } from './history';

it('reads an event from a record of a topic', () => {
  const headers = { ce_id: 'i', ce_type: 'voltbus.cdr.issued', ce_tenantid: 'one', ce_subject: 'one/S' };
  expect(recordedFrom({ key: 'one/S', value: '{"id":"x"}', headers })).toEqual({
    ...{ key: 'one/S', id: 'i', type: 'voltbus.cdr.issued', tenant: 'one', subject: 'one/S', value: { id: 'x' } },
  });
});
