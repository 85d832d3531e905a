import { CsmsError, NO_STATION } from '@voltbus/contracts';
import { TypeormList, among, lockStation, shownAs, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { AlertRule } from '../domain/alert-rule';
import { MAX_RULES } from '../limits';

interface RuleRow {
  rule: string;
  body: Omit<AlertRule, 'rule'>;
}
interface RuleFilters {
  kind?: AlertRule['kind'][] | undefined;
}
type RuleSort = 'rule';

const RULE_LIST: ListDefinition<RuleFilters, RuleSort> = {
  columns: 'rule, body',
  from: 'device_config.alert_rules',
  owner: 'tenant',
  id: [{ sql: 'rule', type: 'text' }],
  sorts: { rule: [] },
  filters: { kind: among(`(body ->> 'kind')`) },
};

/** The alert rules of tenants. */
export class TypeormAlertRules {
  private readonly listed: TypeormList<RuleRow, RuleFilters, RuleSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, RULE_LIST);
  }

  list(tenant: string): ListSource<AlertRule, RuleFilters, RuleSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toRule));
  }

  find(tenant: string, rule: string): Promise<AlertRule | null> {
    return one(this.dataSource.manager, tenant, rule);
  }

  /** Those of all tenants. */
  async all(): Promise<{ tenant: string; rule: AlertRule }[]> {
    const rows: (RuleRow & { tenant: string })[] = await this.dataSource.query('SELECT tenant, rule, body FROM device_config.alert_rules');
    return rows.map(({ tenant, ...row }) => ({ tenant, rule: toRule(row) }));
  }

  /** Stores what `decide` makes of the rule; null removes it. Throws `not-found` without such a tenant, and `conflict` beyond `MAX_RULES`. */
  change<T extends AlertRule | null>(tenant: string, rule: string, decide: (before: AlertRule | null) => T): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockStation(manager, { tenant, station: NO_STATION });
      const known: unknown[] = await manager.query('SELECT FROM device_config.tenants WHERE tenant = $1 FOR KEY SHARE', [tenant]);
      if (known.length === 0) throw new CsmsError('not-found', 'no such tenant');
      const after = decide(await one(manager, tenant, rule));
      if (after === null) await manager.query('DELETE FROM device_config.alert_rules WHERE tenant = $1 AND rule = $2', [tenant, rule]);
      else await write(manager, tenant, after);
      return after;
    });
  }
}

async function write(manager: EntityManager, tenant: string, { rule, ...body }: AlertRule): Promise<void> {
  const [row]: { count: number }[] = await manager.query(
    'SELECT count(*)::integer AS count FROM device_config.alert_rules WHERE tenant = $1 AND rule <> $2',
    [tenant, rule],
  );
  if ((row?.count ?? 0) >= MAX_RULES) throw new CsmsError('conflict', `the tenant has ${MAX_RULES} alert rules: it may have no more`);
  await manager.query(
    `INSERT INTO device_config.alert_rules (tenant, rule, body) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, rule) DO UPDATE SET body = excluded.body`,
    [tenant, rule, JSON.stringify(body)],
  );
}

async function one(manager: EntityManager, tenant: string, rule: string): Promise<AlertRule | null> {
  const rows: RuleRow[] = await manager.query('SELECT rule, body FROM device_config.alert_rules WHERE tenant = $1 AND rule = $2', [
    tenant,
    rule,
  ]);
  return rows[0] === undefined ? null : toRule(rows[0]);
}

/** In the order in which the API has the members. */
function toRule({ rule, body: { description, enabled, kind, minutes, days, usualSessions, severity, groups } }: RuleRow): AlertRule {
  return { rule, description, enabled, kind, minutes, days, usualSessions, severity, groups };
}
