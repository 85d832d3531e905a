import { otelMetrics } from './otel-metrics';

it('metrics of the runtime leave no hook behind that every `require` would go through', async () => {
  const { getBuiltinModule } = process; // hooked together with `require`, which Jest replaces
  const metrics = otelMetrics('spec');
  expect(process.getBuiltinModule).toBe(getBuiltinModule);
  await metrics.close();
});
