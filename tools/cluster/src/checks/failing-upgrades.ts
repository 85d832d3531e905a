import { inWords, whileCharging } from '../fleet';
import { RELEASE, type Context } from '../context';
import { COMPONENTS, untilPods } from './disruptions';
import { demand, type Check } from './check';

const FAILS_WITHIN_SECONDS = 60;

export const failingUpgrades: Check = {
  name: 'fail',
  about:
    'an upgrade with an image that is not there, one whose set-up Job fails, one whose pods never get ready: the old release serves on',
  run: async (context) => {
    const { kubernetes, values } = context;
    const absent = { ...values, image: { ...values.image, tag: 'not-there' } };
    const report = await whileCharging(context, async () => {
      const before = await gatewayPods(context);
      const serving = await revision(context);
      const job = await kubernetes.upgradeFails(
        RELEASE,
        { ...values, setup: { deadlineSeconds: 30 }, postgresql: { ...values.postgresql, key: 'redis-url' } },
        FAILS_WITHIN_SECONDS,
      );
      demand(/pre-upgrade hooks? failed/.test(job), `not the set-up Job failed: ${job}`);
      await kubernetes.upgradeFails(RELEASE, absent, FAILS_WITHIN_SECONDS);
      await kubernetes.upgradeFails(RELEASE, { ...absent, setup: { enabled: false } }, FAILS_WITHIN_SECONDS);
      demand((await gatewayPods(context)).join() === before.join(), 'a failed upgrade has replaced gateways');
      await kubernetes.helm(['rollback', RELEASE, serving, '--wait', '--timeout', '300s']);
      for (const component of COMPONENTS) await untilPods(context, component, 2);
    });
    return inWords(report);
  },
};

/** The revision of the release that is installed. */
async function revision({ kubernetes }: Context): Promise<string> {
  const { version } = JSON.parse(await kubernetes.helm(['status', RELEASE, '-o', 'json'])) as { version: number }; // as Helm prints it
  return String(version);
}

/** Those that are ready: pods of the failed upgrade never are. */
async function gatewayPods({ kubernetes }: Context): Promise<string[]> {
  const pods = await kubernetes.pods('gateway');
  return pods
    .filter(({ status }) => status.phase === 'Running')
    .map(({ metadata }) => metadata.uid)
    .sort();
}
