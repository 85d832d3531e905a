import { silentLogger, testMetrics } from '@voltbus/testing';
import { DeviceConfigTelemetry } from '../telemetry';
import { ImportRunner } from './import-runner';
import { ItemSealing } from './item-sealing';
import type { TypeormImportQueue } from './store/typeorm-import-queue';
import { fakeTarget } from './testing/fake-target';

/** A runner that finds nothing to do; `onLook` is called with the number of its look. */
function idleRunner(onLook: (look: number) => void): ImportRunner {
  let looks = 0;
  const queue = { claim: () => (onLook(++looks), Promise.resolve(null)) } as unknown as TypeormImportQueue; // nothing else of it is used
  const telemetry = new DeviceConfigTelemetry(silentLogger, testMetrics());
  return new ImportRunner({ queue, sealing: new ItemSealing('p'.repeat(40)), telemetry, targetOf: () => fakeTarget() });
}
const allWasDone = () => new Promise<void>((resolve) => setImmediate(resolve));

it('looks again at once for what was queued while it looked', async () => {
  const looks: number[] = [];
  const runner = idleRunner((look) => {
    looks.push(look);
    if (look === 1) runner.wake();
  });
  runner.start();
  await allWasDone();
  expect(looks).toEqual([1, 2]);
  await runner.stop();
});

it('leaves what is queued to others before it is started and after it was stopped', async () => {
  const looks: number[] = [];
  const runner = idleRunner((look) => void looks.push(look));
  runner.wake();
  await runner.stop();
  runner.wake();
  await allWasDone();
  expect(looks).toEqual([]);
});
