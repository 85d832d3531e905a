import { serveCustomMetric } from '../custom-metrics';
import { inWords, whileCharging } from '../fleet';
import { RELEASE, type Context } from '../context';
import { until } from '../kubernetes';
import { untilPods } from './disruptions';
import { demand, type Check } from './check';

/** Gateways that the fleet needs by the target, which is not their number before or after. */
const WANTED = 3;

export const autoscale: Check = {
  name: 'autoscale',
  about: "the HPA scales gateways by connections, through the API server's custom metrics, and down again when the fleet has gone",
  leftOut: ({ target }) => (target.foreign ? 'it registers an API of the whole cluster' : null),
  run: async (context) => {
    const connections = Math.ceil(context.stations / WANTED);
    const autoscaling = { enabled: true, cpu: 0, connections, minReplicas: 2, maxReplicas: 4, scaleDownAfterSeconds: 0 };
    const adapter = await serveCustomMetric(context, 'csms_gateway_connections', 'gateway');
    try {
      const before = await gateways(context);
      await context.kubernetes.install(RELEASE, { ...context.values, gateway: { ...context.values.gateway, autoscaling } });
      demand((await gateways(context)) === before, 'gateways were replaced when autoscaling was switched on');
      const report = await whileCharging(context, async () => {
        await until(`the HPA wants ${WANTED} gateways`, async () => (await desired(context)) === WANTED, 180);
        await untilPods(context, 'gateway', WANTED);
      });
      await until('the HPA wants 2 gateways again', async () => (await desired(context)) === 2, 240);
      return `2 to ${WANTED} to 2 gateways; ${inWords(report)}`;
    } finally {
      await context.kubernetes.install(RELEASE, context.values);
      await adapter.stop();
      await untilPods(context, 'gateway', 2);
    }
  },
};

async function gateways({ kubernetes }: Context): Promise<string> {
  return (await kubernetes.pods('gateway'))
    .map(({ metadata }) => metadata.name)
    .sort()
    .join();
}

async function desired({ kubernetes }: Context): Promise<number> {
  return Number(await kubernetes.kubectl(['get', 'hpa', `${RELEASE}-gateway`, '-o', 'jsonpath={.status.desiredReplicas}']));
}
