import { eventually } from '@voltbus/testing';
import type { World } from '../world';

/** Languages of messages, which only 2.1 has. */
export function display(world: () => World): void {
  it.each([
    ['TC_O_100_CSMS', 'LanguageNotSupported', 'refused'],
    ['TC_O_101_CSMS', 'Accepted', 'set'],
  ])('%s sends a message in several languages, and shows the answer (%s)', async (_case, answer, stand) => {
    const station = await world().booted('ocpp2.1');
    station.answer('SetDisplayMessage', () => ({ status: answer }));
    const [english, german] = [
      { format: 'UTF8', language: 'en', content: 'Welcome' },
      { format: 'UTF8', language: 'de', content: 'Willkommen' },
    ];
    const path = `/v1/stations/${station.options.station}/display-messages`;
    const { body } = await world().api.post<{ id: number }>(path, { contents: [english, german] });
    await eventually(
      () => world().api.get<{ stand: string; answer: string }>(`${path}/${body.id}`),
      (reply) => reply.body.stand === stand && reply.body.answer === answer,
    );
    await world().expectCalledOnce(station, 'SetDisplayMessage', {
      message: { id: body.id, priority: 'NormalCycle', message: english, messageExtra: [german] },
    });
  });
}
