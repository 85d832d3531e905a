import { v16 } from '@voltbus/ocpp';
import type { StationMessage } from './answers';
import { answerUnhandled } from './unhandled-messages';

it('stores messages that no rule acts on, and answers nothing but what the action has', async () => {
  const stored: unknown[] = [];
  const store = { writeMany: async (messages: readonly StationMessage[]) => void stored.push(...messages) };
  const { action, handler } = answerUnhandled(store, v16.SignCertificate, () => ({ status: 'Rejected' }));
  expect(action).toBe('SignCertificate');
  if (handler.shape !== 'batch') throw new Error('messages are stored many at once');
  await handler.store([{ messageId: '1' } as never, { messageId: '2' } as never]); // only passed on
  expect(stored).toEqual([{ messageId: '1' }, { messageId: '2' }]);
  // @ts-expect-error: the action has no such status
  answerUnhandled(store, v16.SignCertificate, () => ({ status: 'Maybe' }));
  // @ts-expect-error: the request has no such field
  answerUnhandled(store, v16.SignCertificate, ({ payload }) => ({ status: payload.vendor === '' ? 'Rejected' : 'Accepted' }));
  expect(answerUnhandled(store, v16.LogStatusNotification).handler).not.toHaveProperty('answer');
});
