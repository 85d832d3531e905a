import { defineBlock } from '@voltbus/service';
import { deviceEvents } from '../device-events';
import { AlertChecks } from './alert-checks';
import { AlertRulesController } from './http/alert-rules.controller';
import { alertRulesMigration } from './store/migrations/0276-alert-rules';
import { tables } from './store/tables';
import { TypeormAlertRules } from './store/typeorm-alert-rules';
import { TypeormFindings } from './store/typeorm-findings';

/** Time between two judgements: a rule reads all stations of its tenant. */
const CHECKS_INTERVAL_MS = 30_000;

/** Alerts by rules of operators. */
export const alertRules = defineBlock({
  name: 'alert-rules',
  migrations: [alertRulesMigration],
  tables,
  store: ({ database }) => ({ rules: new TypeormAlertRules(database), findings: new TypeormFindings(database) }),
  build: ({ store, use, now }) => ({ rules: store.rules, checks: new AlertChecks({ ...store, alerts: use(deviceEvents).store, now }) }),
  jobs: ({ checks }) => [{ name: 'checks of alert rules', everyMs: CHECKS_INTERVAL_MS, run: () => checks.run() }],
  controllers: [AlertRulesController],
  provides: (provide) => [provide(TypeormAlertRules, ({ rules }) => rules)],
});
