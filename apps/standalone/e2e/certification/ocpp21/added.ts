import { report } from '@voltbus/testing';
import type { World } from '../world';

/** What 2.1 asks beyond 2.0.1. */
export function added(world: () => World): void {
  it('TC_G_01_CSMS shows the state of a connector as the station tells it', async () => {
    const station = await world().booted('ocpp2.1');
    for (const word of ['Available', 'Occupied'] as const) {
      await report(station, word);
      await world().connectorShown(station, word);
    }
  });

  it('TC_F_100_CSMS triggers what the vendor calls by a name of its own', async () => {
    const trigger = { requestedMessage: 'CustomTrigger', customTrigger: 'SelfTest' };
    await world().expectAnswered(await world().booted('ocpp2.1'), 'TriggerMessage', trigger, { status: 'Accepted' });
  });
}
