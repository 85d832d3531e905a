import { COMMAND_RESULTS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { deviceModel } from '../device-model';
import { stationRequests } from '../station-requests';
import { ResetsController } from './http/resets.controller';
import { Resets } from './resets';
import { resetRules } from './rules';
import { TypeormEvseResets } from './store/typeorm-evse-resets';

/** Time between two looks for resets to send, boots and states that show how one ended, and resets that take too long. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP B11 to B13, and 1.6 section 5.14: resets of stations and EVSEs. */
export const resets = defineBlock({
  name: 'resets',
  store: ({ database }) => new TypeormEvseResets(database),
  build({ store: evses, use, now }) {
    const requests = use(stationRequests).of(resetRules);
    return { requests, evses, resets: new Resets({ requests, evses, variables: use(deviceModel).store, now }) };
  },
  on: ({ requests }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => requests.onEnded(data))],
  jobs: (built) => [{ name: 'resets', everyMs: SWEEP_INTERVAL_MS, run: () => built.resets.sweep() }],
  controllers: [ResetsController],
  provides: (provide) => [provide(Resets, (built) => built.resets)],
});
