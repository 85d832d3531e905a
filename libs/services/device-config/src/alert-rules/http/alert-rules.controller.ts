import { Controller, Delete, Get, HttpCode, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import {
  ApiDelete,
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  Audited,
  ChangeOf,
  EntityTag,
  Needs,
  Tenant,
  zodParam,
  zodQuery,
  type Auditing,
  type ListPage,
  type ResourceChange,
  type Tagged,
  OF_TENANT,
} from '@voltbus/http';
import type { z } from 'zod';
import type { AlertRule } from '../domain/alert-rule';
import { TypeormAlertRules } from '../store/typeorm-alert-rules';
import { ruleList, ruleNameSchema, ruleResource, ruleSchema } from './alert-rule';

type RuleChange = ResourceChange<typeof ruleResource.schema, AlertRule>;
const NAME = zodParam('rule', ruleNameSchema);
const AUDITED: Auditing<AlertRulesController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['rule'] ?? ''),
};

/** When alerts are raised. */
@Controller('v1/alert-rules')
export class AlertRulesController {
  constructor(private readonly rules: TypeormAlertRules) {}

  @Get()
  @Needs('alerts:read', OF_TENANT)
  @ApiList(ruleList)
  list(@Tenant() tenant: string, @Query(zodQuery(ruleList.query)) query: z.output<typeof ruleList.query>): Promise<ListPage<AlertRule>> {
    return ruleList.page(query, this.rules.list(tenant));
  }

  @Get(':rule')
  @Needs('alerts:read', OF_TENANT)
  @ApiGet(ruleSchema)
  async one(@Tenant() tenant: string, @Param('rule') rule: string, @EntityTag(ruleResource) tagged: Tagged<AlertRule>): Promise<AlertRule> {
    return tagged(await this.show(tenant, rule));
  }

  /** It is judged within half a minute, and from then on. */
  @Put(':rule')
  @Audited(AUDITED)
  @Needs('alert-rules:write', OF_TENANT)
  @ApiPut(ruleResource, ruleSchema)
  async put(@Tenant() tenant: string, @Param('rule', NAME) rule: string, @ChangeOf(ruleResource) change: RuleChange): Promise<AlertRule> {
    const after = await this.rules.change(tenant, rule, (before) => {
      const decided = { ...change.decide(before), rule };
      change.writes(decided);
      return decided;
    });
    return change.stored(after);
  }

  @Patch(':rule')
  @Audited(AUDITED)
  @Needs('alert-rules:write', OF_TENANT)
  @ApiPatch(ruleResource, ruleSchema)
  async patch(@Tenant() tenant: string, @Param('rule', NAME) rule: string, @ChangeOf(ruleResource) change: RuleChange): Promise<AlertRule> {
    return this.put(tenant, rule, change);
  }

  /** Its alerts are cleared. */
  @Delete(':rule')
  @Audited(AUDITED)
  @Needs('alert-rules:write', OF_TENANT)
  @ApiDelete()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('rule') rule: string, @ChangeOf(ruleResource) change: RuleChange): Promise<void> {
    if (!ruleNameSchema.safeParse(rule).success) throw new CsmsError('not-found', 'no such alert rule');
    await this.rules.change(tenant, rule, (before) => {
      change.mayRemove(before);
      return null;
    });
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, rule: string): Promise<AlertRule> {
    const found = ruleNameSchema.safeParse(rule).success ? await this.rules.find(tenant, rule) : null;
    if (found === null) throw new CsmsError('not-found', 'no such alert rule');
    return found;
  }
}
