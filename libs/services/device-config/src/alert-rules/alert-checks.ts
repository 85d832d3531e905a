import { deterministicId, type Alert } from '@voltbus/contracts';
import type { StoredAlert, TypeormDeviceEvents } from '../device-events';
import type { AlertRule, Finding } from './domain/alert-rule';
import { MAX_FAILURES } from './limits';
import type { TypeormAlertRules } from './store/typeorm-alert-rules';
import type { TypeormFindings } from './store/typeorm-findings';

/** Alerts of rules are about no component. */
const NO_COMPONENT = {
  connector: 0,
  component: null,
  componentInstance: null,
  variable: null,
  variableInstance: null,
  monitor: null,
} as const;

interface AlertChecksParts {
  rules: Pick<TypeormAlertRules, 'all'>;
  findings: Pick<TypeormFindings, 'alone' | 'find' | 'open'>;
  alerts: Pick<TypeormDeviceEvents, 'inStation'>;
  now(): Date;
}

/** Judges the rules: raises an alert for what a rule finds anew, and clears those of what it finds no more. */
export class AlertChecks {
  constructor(private readonly parts: AlertChecksParts) {}

  async run(): Promise<void> {
    await this.parts.findings.alone(() => this.judge());
  }

  /** A rule that cannot be judged keeps its alerts, and holds up no other. Throws its error in the end, or after so many that the fault is none of the rules'. */
  private async judge(): Promise<void> {
    const now = this.parts.now();
    const open = new Map((await this.parts.findings.open()).map(({ key, alert }) => [key, alert]));
    const failures: unknown[] = [];
    for (const { tenant, rule } of await this.parts.rules.all()) {
      if (!rule.enabled) continue;
      try {
        await this.judgeRule(tenant, { rule, open, now });
      } catch (error) {
        if (failures.push(error) >= MAX_FAILURES) throw error;
        for (const [key, alert] of open) if (alert.tenant === tenant && alert.rule === rule.rule) open.delete(key);
      }
    }
    for (const [key, alert] of open) await this.write(key, { ...alert, clearedAt: now.toISOString() }, 'cleared', now);
    if (failures.length > 0) throw failures[0];
  }

  /** Raises what is found anew, and takes what is still so out of `open`. */
  private async judgeRule(tenant: string, { rule, open, now }: { rule: AlertRule; open: Map<string, Alert>; now: Date }): Promise<void> {
    for (const finding of await this.parts.findings.find(tenant, rule, now)) {
      const key = keyOf(tenant, rule, finding);
      if (!open.delete(key)) await this.write(key, raised(tenant, { rule, finding, now }), 'raised', now);
    }
  }

  /** Changes nothing where another judgement was faster: the lock of one whose connection is lost is free, though it goes on. */
  private async write(key: string, alert: Alert, change: 'raised' | 'cleared', now: Date): Promise<void> {
    const stored: StoredAlert = { ...alert, lastAt: now.getTime(), epoch: 0 };
    await this.parts.alerts.inStation(alert, async (unit) => {
      const last = (await unit.lastAlerts([key])).get(key);
      const open = last === undefined || last.clearedAt !== null ? null : last.id;
      if (open === (change === 'raised' ? null : alert.id)) await unit.writeAlerts([{ key, alert: stored, change, event: alert.id }]);
    });
  }
}

/** A rule that is made of another kind is another rule. */
function keyOf(tenant: string, { rule, kind }: AlertRule, { station, evse }: Finding): string {
  return deterministicId('alert-rule', tenant, rule, kind, station, evse);
}

function raised(tenant: string, { rule: { rule, kind, severity }, finding, now }: { rule: AlertRule; finding: Finding; now: Date }): Alert {
  const { station, evse, info } = finding;
  const raisedAt = now.toISOString();
  return {
    ...{
      id: deterministicId('alert-of-rule', tenant, rule, kind, station, evse, raisedAt),
      kind,
      rule,
      tenant,
      station,
      evse,
      ...NO_COMPONENT,
    },
    ...{ severity, value: null, code: null, meaning: null, info, raisedAt, clearedAt: null, events: 1 },
  };
}
