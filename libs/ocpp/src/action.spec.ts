import type { Action, Family, RequestOf, ResponseOf } from './action';
import { actionsOf } from './actions';
import * as v16 from './generated/v16';
import * as v201 from './generated/v201';
import * as v21 from './generated/v21';

/** A station's call and its handler, as a service binds them. `const` keeps a status that is written in the handler a literal. */
function answer<Name extends string, const Request, const Response>(
  action: Action<Family, Name, Request, Response, 'station' | 'both'>,
  handler: (request: NoInfer<Request>) => NoInfer<Response>,
): { action: Name; handler: typeof handler } {
  return { action: action.action, handler };
}

describe('an action as a typed value', () => {
  it.each([
    ['ocpp1.6', 'ocpp16', v16],
    ['ocpp2.0.1', 'ocpp2', v201],
    ['ocpp2.1', 'ocpp2', v21],
  ] as const)('exists for every action of %s, with the family and the initiator it has there', (protocol, family, namespace) => {
    const expected = actionsOf(protocol).map(({ action, initiator }) => [action, { family, protocol, action, initiator }]);
    expect({ ...namespace }).toEqual(Object.fromEntries(expected));
  });

  it('binds the request and the response of its handler', () => {
    const rule = answer(v16.StopTransaction, ({ transactionId }) => ({
      idTagInfo: { status: transactionId > 0 ? 'Accepted' : 'Invalid' },
    }));
    const name: 'StopTransaction' = rule.action;
    expect([name, rule.handler({ transactionId: 1, timestamp: '', meterStop: 0 })]).toEqual([
      'StopTransaction',
      { idTagInfo: { status: 'Accepted' } },
    ]);
  });

  it('carries its request and response types', () => {
    const request: RequestOf<typeof v21.Heartbeat> = {} satisfies v21.HeartbeatRequest;
    const response: ResponseOf<typeof v21.Heartbeat> = { currentTime: '2026-01-01T00:00:00Z' } satisfies v21.HeartbeatResponse;
    expect([request, response.currentTime]).toEqual([{}, '2026-01-01T00:00:00Z']);
  });

  it('compiles with no handler of another action, no misspelt action and no wrong response', () => {
    const onStart = (request: v16.StartTransactionRequest): v16.StartTransactionResponse => ({
      transactionId: request.connectorId,
      idTagInfo: { status: 'Accepted' },
    });
    answer(v16.StartTransaction, onStart);
    // @ts-expect-error -- the handler reads the request of another action
    answer(v16.StopTransaction, onStart);
    // @ts-expect-error -- there is no such action
    expect(v16.StopTransactoin).toBeUndefined();
    // @ts-expect-error -- 1.6 has no such action
    expect(v16.TransactionEvent).toBeUndefined();
    // @ts-expect-error -- the response has no such status
    answer(v16.BootNotification, () => ({ status: 'Perhaps', currentTime: '', interval: 1 }));
    // @ts-expect-error -- the response lacks its time
    answer(v201.BootNotification, () => ({ status: 'Accepted', interval: 1 }));
    // @ts-expect-error -- a SEND has no response
    answer(v21.NotifyPeriodicEventStream, () => ({ status: 'Accepted' }));
  });

  it('compiles as an answered call only where the station makes the call', () => {
    answer(v16.DataTransfer, () => ({ status: 'Accepted' }));
    answer(v21.NotifyPeriodicEventStream, () => undefined);
    // @ts-expect-error -- Reset is ours to send
    answer(v16.Reset, () => ({ status: 'Accepted' }));
  });
});
